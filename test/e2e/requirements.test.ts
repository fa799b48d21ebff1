import { isThere } from '../../scripts/debian.mjs';
import { skip } from '../helpers/skip.js';

const programs = ['systemd-nspawn', 'debootstrap', 'ip', 'iptables', 'ssh', 'ssh-keygen', 'openssl', 'busybox'];

/** A hook of the whole suite: without real hosts nothing here means anything. */
before(function () {
  if (process.platform !== 'linux') skip(this, `real hosts are machines of systemd-nspawn, which need Linux; this is ${process.platform}`);
  if (process.getuid?.() !== 0) skip(this, 'real hosts are machines of systemd-nspawn, which need root');
  const missing = programs.filter((program) => !isThere(program));
  if (missing.length > 0) skip(this, `these programs are missing: ${missing.join(', ')}`);
});
