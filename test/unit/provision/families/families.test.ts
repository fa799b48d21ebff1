import { expect } from 'chai';

import { TsmachineError } from '../../../../src/base/errors.js';
import { parseFacts } from '../../../../src/provision/look/detect-host.js';
import { distributionOf } from '../../../../src/provision/families/table.js';
import { effectiveMode, planInstall } from '../../../../src/provision/plan/install.js';
import { detection, hosts } from '../hosts.js';

type Name = keyof typeof hosts;
const install = { mode: 'auto', url: 'https://get.docker.com' } as const;
const factsOf = (name: Name) => parseFacts(detection(hosts[name]));

const table: [Name, family: string, provisioner: string, template: string, packages: string, repository: string][] = [
  ['debian12', 'debian', 'debian', 'install-apt.sh', 'docker.io ca-certificates iptables', 'debian bookworm'],
  ['sid', 'debian', 'debian', 'install-apt.sh', 'docker.io ca-certificates iptables', 'debian forky'],
  ['ubuntu2404', 'debian', 'ubuntu(systemd)', 'install-apt.sh', 'docker.io ca-certificates iptables', 'ubuntu noble'],
  ['mint', 'debian', 'linuxmint', 'install-apt.sh', 'docker.io ca-certificates iptables', 'ubuntu noble'],
  ['rhel9', 'rhel', 'redhat', 'install-dnf.sh', '', 'rhel 9'],
  ['centosStream', 'rhel', 'centos', 'install-dnf.sh', '', 'centos 9'],
  ['rocky', 'rhel', 'rocky', 'install-dnf.sh', '', 'centos 9'],
  ['alma', 'rhel', 'almalinux', 'install-dnf.sh', '', 'centos 9'],
  ['oracle', 'rhel', 'ol', 'install-dnf.sh', '', 'centos 9'],
  ['fedora', 'rhel', 'fedora', 'install-dnf.sh', 'moby-engine', 'fedora 43'],
  ['amazon2023', 'rhel', 'amzn', 'install-dnf.sh', 'docker', ''],
  ['sles', 'suse', 'SUSE', 'install-zypper.sh', 'docker', ''],
  ['leap', 'suse', 'openSUSE', 'install-zypper.sh', 'docker', ''],
  ['tumbleweed', 'suse', 'openSUSE', 'install-zypper.sh', 'docker', ''],
  ['arch', 'arch', 'arch', 'install-pacman.sh', 'docker', ''],
  ['manjaro', 'arch', 'arch', 'install-pacman.sh', 'docker', ''],
  ['alpine', 'alpine', 'alpine', 'install-apk.sh', 'docker', ''],
];

describe('distribution families', () => {
  for (const [name, family, provisioner, template, packages, repository] of table) {
    it(`installs on ${name} with ${template}`, () => {
      const facts = factsOf(name);
      expect(facts.family).to.equal(family);
      expect(distributionOf(facts.family).provisioner(facts.os)).to.equal(provisioner);
      const plan = planInstall(facts, install, 'm1');
      expect(plan.template).to.equal(`provision/${template}`);
      expect(plan.variables).to.include({ MODE: 'auto', PACKAGES: packages, VERSION: '' });
      const { REPOSITORY = '', RELEASE = '' } = plan.variables;
      expect(`${REPOSITORY.replace('https://download.docker.com/linux/', '')} ${RELEASE}`.trim()).to.equal(repository);
    });
  }

  for (const [name, provisioner] of [
    ['flatcar', 'flatcar'],
    ['fedoraCoreos', 'Fedora CoreOS'],
    ['boot2docker', 'boot2docker'],
  ] as const) {
    it(`needs the engine of ${name} to be there`, () => {
      const facts = factsOf(name);
      expect(distributionOf(facts.family).provisioner(facts.os)).to.equal(provisioner);
      expect(() => planInstall(facts, install, 'm1'))
        .to.throw(TsmachineError)
        .with.property('code', 'ENGINE_MISSING');
    });
  }

  it('names an unknown system and what is supported', () => {
    let thrown: unknown;
    try {
      planInstall(factsOf('gentoo'), install, 'm1');
    } catch (error) {
      thrown = error;
    }
    expect(thrown).to.include({ code: 'OS_UNKNOWN' });
    expect((thrown as TsmachineError).message)
      .to.contain('Gentoo Linux')
      .and.contain('ID=gentoo');
    expect((thrown as TsmachineError).hint)
      .to.contain('Debian')
      .and.contain('Alpine')
      .and.contain('Flatcar');
  });

  it("runs a script of the user's on any system", () => {
    const plan = planInstall(factsOf('gentoo'), { mode: 'auto', url: 'https://example.com/i.sh', version: '27.1' }, 'm1');
    expect(plan).to.deep.include({ template: 'provision/install-script.sh' });
    const plain = { mode: 'auto', url: 'http://example.com/i.sh' } as const;
    expect(() => planInstall(factsOf('gentoo'), plain, 'm1')).to.throw(/would come over plain http \(http:\/\/example.com\/i.sh\)/);
    expect(planInstall(factsOf('gentoo'), { ...plain, insecure: true }, 'm1').variables).to.include({ INSECURE: 'yes' });
    expect(plan.variables).to.include({ INSECURE: '' });
    expect(plan.variables).to.include({ URL: 'https://example.com/i.sh', VERSION: '27.1' });
  });

  it('understands the install URLs of old configurations', () => {
    expect(effectiveMode({ mode: 'auto', url: 'https://get.docker.com' })).to.equal('auto');
    expect(effectiveMode({ mode: 'auto', url: '' })).to.equal('auto');
    expect(effectiveMode({ mode: 'auto', url: 'https://x.example' })).to.equal('script');
    expect(effectiveMode({ mode: 'distro', url: 'https://x.example' })).to.equal('distro');
    expect(effectiveMode({ mode: 'auto', url: 'NONE' })).to.equal('none');
  });

  it('refuses a mode that has no packages there', () => {
    expect(() => planInstall(factsOf('rocky'), { ...install, mode: 'distro' }, 'm1')).to.throw(/ships no engine for Rocky Linux/);
    expect(() => planInstall(factsOf('alpine'), { ...install, mode: 'docker' }, 'm1')).to.throw(/Docker publishes no packages for Alpine/);
    expect(() => planInstall(factsOf('debian12'), { ...install, mode: 'none' }, 'm1'))
      .to.throw(TsmachineError)
      .with.property('code', 'ENGINE_MISSING');
  });

  it('takes no version that is none', () => {
    expect(() => planInstall(factsOf('debian12'), { ...install, version: '28;reboot' }, 'm1'))
      .to.throw(TsmachineError)
      .with.property('code', 'FLAG_INVALID');
    expect(planInstall(factsOf('debian12'), { ...install, version: 'v28.5' }, 'm1').variables['VERSION']).to.equal('28.5');
  });
});
