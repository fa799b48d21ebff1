import { fingerprint, namesHost, parseKnownHosts, renameHost } from '../../../src/ssh/trust/known-hosts.js';
import { parseSettings } from '../../../src/ssh/system/user-config.js';
import { changedText } from '../mutation.js';
import type { Target } from '../target.js';

const key = 'ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIJmZ2yXhP2rJ0Vt0wX1t3mR6m0XwY0mX0b0c0d0e0f0g';
const knownHostsSamples = [
  `web1 ${key}\n[web1.example.com]:2222,192.0.2.7 ${key} comment\n*.example.com,!bad.example.com ${key}\n`,
  `|1|F1E1KeoE/eEWhi10WpGv4OdiO6Y=|3988QV0VE8wmZL7suNrYQLITLCg= ${key}\n@revoked * ${key}\n@cert-authority *.example.com ${key}\n# a comment\n\n`,
];

export const knownHosts: Target = {
  name: 'known-hosts',
  share: 18,
  open: () => ({
    make: (chance) => changedText(chance.pick(knownHostsSamples), chance, knownHostsSamples),
    take(input) {
      const text = String(input);
      for (const { hosts, base64 } of parseKnownHosts(text)) {
        for (const name of ['web1', '[web1.example.com]:2222', 'a.b.c.example.com']) namesHost(hosts, name);
        fingerprint(base64);
      }
      renameHost(text, 'web1', 'web2');
    },
  }),
};

/** What `ssh -G` prints for a host. */
const sshConfigSamples = [
  'host web1\nuser ann\nhostname 192.0.2.7\nport 2222\nidentityfile ~/.ssh/id_ed25519\nidentityfile %d/%r@%h:%p\nidentitiesonly yes\nidentityagent SSH_AUTH_SOCK\n' +
    'proxyjump a@b:22,[fd00::1]:2222\nproxycommand ssh -W %h:%p gate\nhostkeyalias web\nstricthostkeychecking true\nuserknownhostsfile /a /b "c d"\n',
];

export const sshConfig: Target = {
  name: 'ssh-config',
  share: 14,
  open: () => ({
    make: (chance) => changedText(chance.pick(sshConfigSamples), chance, sshConfigSamples),
    take: (input) => parseSettings('web1', String(input), { HOME: '/root' }),
  }),
};
