import { expect } from 'chai';

import { relocator, rootOfMachineDir } from '../../../../src/store/config/relocate.js';

describe('relocator', () => {
  const relocate = relocator([{ root: '/old/store/', name: 'a' }], { root: '/new', name: 'b' });

  it('maps what is inside, by whole parts', () => {
    expect(relocate('/old/store/certs/ca.pem')).to.equal('/new/certs/ca.pem');
    expect(relocate('/old/store')).to.equal('/new');
    expect(relocate('/old/store/./machines/x/../c/key')).to.equal('/new/machines/c/key');
    expect(relocate('/old/storehouse/x')).to.equal('/old/storehouse/x');
    expect(relocate('/old/store/../x')).to.equal('/old/store/../x');
    expect(relocate('/old/store/..x')).to.equal('/new/..x');
  });

  it("follows the machine's own folder to its new name, and no other", () => {
    expect(relocate('/old/store/machines/a/id_rsa')).to.equal('/new/machines/b/id_rsa');
    expect(relocate('/old/store/machines/c/id_rsa')).to.equal('/new/machines/c/id_rsa');
  });

  it('leaves everything else', () => {
    const others = ['', 'certs/ca.pem', '/', 'tcp://1.2.3.4:2376', '192.168.99.1/24', 'C:\\old\\store'];
    for (const path of others) expect(relocate(path)).to.equal(path);
  });

  it('takes several roots', () => {
    const both = relocator(
      [
        { root: '/one', name: 'a' },
        { root: '/two', name: 'a' },
      ],
      { root: '/new', name: 'a' },
    );
    expect([both('/one/x'), both('/two/y')]).to.deep.equal(['/new/x', '/new/y']);
  });

  it('takes the inner one of two roots, also when the store is still there', () => {
    const recorded = [
      { root: '/home/ann', name: 'a' },
      { root: '/home/ann/store', name: 'a' },
    ];
    expect(relocator(recorded, { root: '/new', name: 'a' })('/home/ann/store/certs/ca.pem')).to.equal('/new/certs/ca.pem');
    expect(relocator(recorded, { root: '/home/ann/store', name: 'a' })('/home/ann/store/certs/ca.pem')).to.equal(
      '/home/ann/store/certs/ca.pem',
    );
  });

  it('reads Windows paths in any case and with either separator', () => {
    const windows = relocator([{ root: 'C:\\Users\\Ann\\store', name: 'a' }], { root: '/new', name: 'a' });
    expect(windows('c:\\users\\ann\\store\\certs\\ca.pem')).to.equal('/new/certs/ca.pem');
    expect(windows('C:/Users/Ann/store/machines/a/key')).to.equal('/new/machines/a/key');
    expect(windows('D:\\store\\x')).to.equal('D:\\store\\x');
  });
});

describe('rootOfMachineDir', () => {
  it('is the store above machines', () => {
    expect(rootOfMachineDir('/s/machines/a')).to.equal('/s');
    expect(rootOfMachineDir('C:\\s\\machines\\a')).to.equal('C:\\s');
    for (const path of ['', '.', 'machines/a', '/s/boxes/a']) expect(rootOfMachineDir(path), path).to.equal(undefined);
  });
});
