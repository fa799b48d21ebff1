import { expect } from 'chai';

import { LastWords, scrubbed } from '../../../../src/plugins/go/last-words.js';

describe('Go plugins: what they said last', () => {
  it('is their last lines', () => {
    const words = new LastWords();
    for (let i = 0; i < 1000; i++) words.add(`line ${i}`);
    words.add('');
    expect(words.text.split('\n')).to.deep.equal([994, 995, 996, 997, 998, 999].map((i) => `line ${i}`));
  });

  it('of a crash in Go, is why, and not the last of its goroutines', () => {
    const words = new LastWords();
    for (const line of ['before', 'panic: nil map', '', 'goroutine 1 [running]:', ...Array.from({ length: 50 }, (_, i) => `frame ${i}`)])
      words.add(line);
    expect(words.text).to.match(/^panic: nil map\ngoroutine 1 \[running\]:\nframe 0\n/);
  });

  it('is nothing when they said nothing', () => {
    expect(new LastWords().text).to.equal('');
  });

  const secrets: [line: string, shown: string][] = [
    ['Authorization: AWS4-HMAC-SHA256 Credential=AKIA/x, Signature=abc', 'Authorization: (hidden)'],
    ['X-Amz-Security-Token: abc/def==', 'X-Amz-Security-Token: (hidden)'],
    ['GET /?a=1&X-Amz-Signature=abc&b=2', 'GET /?a=1&X-Amz-Signature=(hidden)&b=2'],
    ['{"AccessToken":"abc","Region":"eu"}', '{"AccessToken":(hidden),"Region":"eu"}'],
    ['hetzner-api-token=abc done', 'hetzner-api-token=(hidden) done'],
    ['{"SecretKey": "a b", "Password":"x"}', '{"SecretKey": (hidden), "Password":(hidden)}'],
    ['Creating machine one in eu-central', 'Creating machine one in eu-central'],
  ];
  for (const [line, shown] of secrets) it(`hides secrets: ${line}`, () => expect(scrubbed(line)).to.equal(shown));
});
