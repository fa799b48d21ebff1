import { parseNetwork } from '../../../src/base/network/cidr.js';
import { findFamily } from '../../../src/provision/families/table.js';
import { parseFacts } from '../../../src/provision/look/detect-host.js';
import { parseOsRelease } from '../../../src/provision/look/os-release.js';
import { planInstall } from '../../../src/provision/plan/install.js';
import { mergeSettings } from '../../../src/provision/plan/settings/merge.js';
import { parseSettings, renderSettings } from '../../../src/provision/plan/settings/settings-file.js';
import { splitWords } from '../../../src/provision/plan/settings/words.js';
import { nanoseconds } from '../../../src/swarm/file/duration.js';
import { parseNodeAddress } from '../../../src/swarm/model/node-address.js';
import { detection, hosts } from '../../unit/provision/hosts.js';
import { changedJson, changedText } from '../mutation.js';
import type { Target } from '../target.js';

/** What a host says of itself: os-release, and the report of the detection, from which an installation is planned. */
export const osRelease: Target = {
  name: 'os-release',
  share: 14,
  open() {
    const releases = Object.values(hosts).map((host) => host.osRelease);
    const reports = Object.values(hosts).map((host) => detection(host, { engine: '28.5.2', config: '{"debug":true}' }));
    return {
      make: (chance) => changedText(chance.pick(chance.once(2) ? releases : reports), chance, reports),
      take(input) {
        const text = String(input);
        findFamily(parseOsRelease(text));
        if (!text.startsWith('version|')) return;
        planInstall(parseFacts(text), { mode: 'auto', url: '' }, 'm1');
      },
    };
  },
};

const daemon = {
  ...{ 'data-root': '/srv/docker', debug: true, hosts: ['fd://'], labels: ['a=b'], 'log-opts': { 'max-size': '1m' }, mtu: 1500 },
  ...{
    'default-address-pools': [{ base: '10.30.0.0/16', size: 24 }],
    features: { buildkit: true },
    runtimes: { x: { path: '/x', runtimeArgs: [] } },
  },
};

/** daemon.json of a host, merged with our settings; and the small forms: networks, durations, addresses, command lines. */
export const settings: Target = {
  name: 'settings',
  share: 8,
  open: () => ({
    make: (chance) => (chance.once(3) ? changedText(chance.pick(forms), chance, forms) : changedJson(daemon, chance)),
    take(input) {
      const text = String(input);
      parseNetwork(text);
      nanoseconds(text);
      parseNodeAddress(text);
      splitWords(text);
      const present = parseSettings(text, '/etc/docker/daemon.json', 'm1');
      const merged = mergeSettings(
        present,
        { debug: true },
        { labels: ['provider=none'], 'log-opts': { 'max-file': '3' }, hosts: ['fd://'] },
      );
      parseSettings(renderSettings(merged), 'daemon.json', 'm1');
    },
  }),
};

const forms = [
  '10.30.0.0/16',
  'fd00::/8',
  '1h30m',
  '500ms',
  '[fd00::1]:2377',
  'eth0',
  '192.0.2.7:2377',
  `/usr/bin/dockerd -H fd:// --label "a=b c" 'd e' $X`,
];
