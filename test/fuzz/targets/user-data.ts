import { gzipSync } from 'node:zlib';

import { bootData } from '../../helpers/boot-data.js';
import { changedBytes, changedText } from '../mutation.js';
import type { Target } from '../target.js';

const samples = [
  '#cloud-config\npackages: [curl]\nusers:\n  - default\n  - {name: ann, ssh_authorized_keys: [ssh-ed25519 AAAA]}\nwrite_files:\n  - {path: /etc/x, content: "y"}\nruncmd:\n  - [sh, -c, "echo a"]\n',
  '#!/bin/sh\necho hello\n',
  '#include\nhttps://example.com/data\n',
  'Content-Type: multipart/mixed; boundary="==x=="\nMIME-Version: 1.0\n\n--==x==\nContent-Type: text/cloud-config\n\n#cloud-config\n{}\n--==x==\nContent-Type: text/x-shellscript\n\n#!/bin/sh\n--==x==--\n',
  '## template: jinja\n#cloud-config\nhostname: {{ v1.local_hostname }}\n',
];

/** What a user gives a guest, plain or compressed, merged with what tsmachine tells it. */
export const userData: Target = {
  name: 'user-data',
  share: 6,
  open: () => ({
    make(chance) {
      const text = changedText(chance.pick(samples), chance, samples);
      if (!chance.once(5)) return text;
      const packed = gzipSync(chance.once(50) ? text.repeat(2000) : text, { level: 1 });
      return chance.once(2) ? packed : changedBytes(packed, chance);
    },
    take: (input) => bootData(input, { gzip: true, limit: 100_000 }),
  }),
};
