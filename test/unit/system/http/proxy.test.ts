import { expect } from 'chai';

import { proxyFor, proxyLogin } from '../../../../src/system/http/proxy.js';

const proxy = (url: string, env: NodeJS.ProcessEnv) => proxyFor(new URL(url), env)?.href;

describe('proxyFor', () => {
  it('goes by the protocol, in small and in capital letters', () => {
    expect(proxy('https://x/', { HTTPS_PROXY: 'http://p:3128' })).to.equal('http://p:3128/');
    expect(proxy('https://x/', { https_proxy: 'p:3128' })).to.equal('http://p:3128/');
    expect(proxy('http://x/', { HTTP_PROXY: 'https://p' })).to.equal('https://p/');
    expect(proxy('http://x/', { HTTPS_PROXY: 'http://p' })).to.equal(undefined);
    expect(proxy('http://x/', { ALL_PROXY: 'http://p' })).to.equal('http://p/');
    expect(proxy('http://x/', { http_proxy: 'http://small', HTTP_PROXY: 'http://capital' })).to.equal('http://small/');
  });

  it('leaves out what cannot be used', () => {
    expect(proxy('http://x/', { HTTP_PROXY: 'socks5://p' })).to.equal(undefined);
    expect(proxy('http://x/', { HTTP_PROXY: 'http://' })).to.equal(undefined);
    expect(proxy('http://x/', { HTTP_PROXY: '' })).to.equal(undefined);
  });

  it('makes the exceptions of NO_PROXY', () => {
    const direct = (url: string, exceptions: string) =>
      proxy(url, {
        HTTP_PROXY: 'http://p',
        HTTPS_PROXY: 'http://p',
        NO_PROXY: exceptions,
      }) === undefined;
    for (const exceptions of ['example.com', '.example.com', '*.example.com', 'other, EXAMPLE.com', '*', 'example.com:443']) {
      expect(direct('https://www.example.com/', exceptions), exceptions).to.equal(true);
    }
    for (const exceptions of ['', 'ample.com', 'example.com:80', 'w.example.com', 'example.org', ',']) {
      expect(direct('https://www.example.com/', exceptions), exceptions).to.equal(false);
    }
    expect(direct('http://10.0.0.1:8080/', '10.0.0.1')).to.equal(true);
    expect(direct('http://[::1]/', '::1')).to.equal(true);
    expect(direct('http://[::1]:99/', '[::1]:99')).to.equal(true);
    expect(direct('http://[::1]:98/', '[::1]:99')).to.equal(false);
  });
});

describe('proxyLogin', () => {
  it('sends name and password as they are meant', () => {
    expect(proxyLogin(new URL('http://ann:p%40ss@p'))).to.deep.equal({
      'proxy-authorization': `Basic ${Buffer.from('ann:p@ss').toString('base64')}`,
    });
    expect(proxyLogin(new URL('http://p'))).to.deep.equal({});
  });
});
