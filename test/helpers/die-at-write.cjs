// Loaded with --require: ends the process with SIGKILL at the DIE_AT-th write of a ledger or a configuration. DIE_WHEN: `before` anything
// of it is on disk, `in` the middle of it, or `after` it is in place.
const fs = require('node:fs');

const last = Number(process.env.DIE_AT);
const when = process.env.DIE_WHEN;
let written = 0;
const { rename } = fs;
fs.rename = (from, to, done) => {
  const isMeant = /(ledger|config)\.json$/.test(String(to)) && ++written === last;
  const die = () => process.kill(process.pid, 'SIGKILL');
  if (isMeant && when === 'before') fs.unlinkSync(from);
  if (isMeant && when === 'in') fs.truncateSync(from, Math.floor(fs.statSync(from).size / 2));
  if (isMeant && when !== 'after') return die();
  rename(from, to, (error) => {
    if (isMeant) die();
    done(error);
  });
};
