import { nearest } from '../../base/nearest.js';

/** What people type who know docker, kubectl, vagrant or cloud tools, and the commands here that do it. */
const meanings: Readonly<Record<string, readonly string[]>> = {
  add: ['create'],
  attach: ['ssh'],
  authorize: ['allow'],
  bash: ['ssh'],
  cat: ['inspect'],
  cert: ['regenerate-certs'],
  certs: ['regenerate-certs'],
  check: ['doctor'],
  clean: ['gc'],
  cleanup: ['gc'],
  clone: ['export', 'import'],
  connect: ['env', 'ssh'],
  console: ['ssh'],
  cp: ['scp'],
  copy: ['scp'],
  del: ['rm'],
  delete: ['rm'],
  describe: ['inspect'],
  destroy: ['rm'],
  diagnose: ['doctor'],
  disconnect: ['env'],
  down: ['stop', 'rm'],
  eject: ['rm'],
  exec: ['ssh'],
  firewall: ['allow'],
  get: ['ls', 'inspect'],
  halt: ['stop'],
  info: ['inspect', 'status'],
  init: ['create', 'swarm:init'],
  install: ['provision'],
  join: ['swarm:join'],
  launch: ['create', 'start'],
  list: ['ls'],
  load: ['import'],
  login: ['ssh'],
  logs: ['doctor', 'ssh'],
  machines: ['ls'],
  make: ['create'],
  move: ['export', 'import'],
  new: ['create'],
  node: ['swarm:nodes'],
  nodes: ['swarm:nodes'],
  poweroff: ['stop'],
  prune: ['gc'],
  ps: ['ls'],
  purge: ['rm', 'gc'],
  reboot: ['restart'],
  remove: ['rm'],
  reset: ['restart'],
  restore: ['import', 'swarm:restore'],
  resume: ['start'],
  run: ['ssh', 'create'],
  save: ['export'],
  select: ['use', 'env'],
  set: ['use', 'env'],
  shell: ['ssh'],
  show: ['inspect'],
  shutdown: ['stop'],
  spawn: ['create'],
  state: ['status'],
  suspend: ['stop'],
  switch: ['use', 'env'],
  terminate: ['rm'],
  test: ['doctor'],
  top: ['status'],
  umount: ['mount'],
  uninstall: ['rm'],
  unmount: ['mount'],
  unset: ['env'],
  up: ['start', 'create', 'swarm:up'],
  update: ['upgrade'],
  'context:add': ['context:create'],
  'context:delete': ['context:rm'],
  'context:inspect': ['context:ls'],
  'context:list': ['context:ls'],
  'context:new': ['context:create'],
  'context:remove': ['context:rm'],
  'context:show': ['context:ls'],
  'context:use': ['use'],
  'driver:delete': ['driver:rm'],
  'driver:get': ['driver:add'],
  'driver:inspect': ['driver:info'],
  'driver:install': ['driver:add'],
  'driver:list': ['driver:ls'],
  'driver:remove': ['driver:rm'],
  'driver:show': ['driver:info'],
  'driver:uninstall': ['driver:rm'],
  'driver:update': ['driver:add'],
  'driver:upgrade': ['driver:add'],
  'swarm:add': ['swarm:join'],
  'swarm:apply': ['swarm:up'],
  'swarm:connect': ['swarm:join', 'env'],
  'swarm:create': ['swarm:init', 'swarm:up'],
  'swarm:delete': ['swarm:down', 'swarm:leave'],
  'swarm:deploy': ['swarm:up'],
  'swarm:destroy': ['swarm:down'],
  'swarm:diff': ['swarm:plan'],
  'swarm:doctor': ['swarm:status', 'swarm:check'],
  'swarm:exec': ['ssh'],
  'swarm:info': ['swarm:status', 'swarm:inspect'],
  'swarm:join-token': ['swarm:token'],
  'swarm:labels': ['swarm:label'],
  'swarm:list': ['swarm:nodes', 'swarm:status'],
  'swarm:login': ['ssh'],
  'swarm:logs': ['swarm:status'],
  'swarm:ls': ['swarm:nodes', 'swarm:status'],
  'swarm:new': ['swarm:init', 'swarm:up'],
  'swarm:node': ['swarm:nodes'],
  'swarm:ps': ['swarm:nodes'],
  'swarm:remove': ['swarm:leave', 'swarm:down'],
  'swarm:resume': ['swarm:activate'],
  'swarm:rm': ['swarm:leave', 'swarm:down'],
  'swarm:rotate': ['swarm:ca', 'swarm:regenerate-certs'],
  'swarm:save': ['swarm:backup'],
  'swarm:scale': ['swarm:up'],
  'swarm:shell': ['ssh'],
  'swarm:show': ['swarm:status', 'swarm:inspect'],
  'swarm:start': ['swarm:up', 'start'],
  'swarm:stop': ['swarm:down', 'stop'],
  'swarm:tokens': ['swarm:token'],
  'swarm:uncordon': ['swarm:activate'],
  'swarm:cordon': ['swarm:pause'],
  'swarm:unlock-key': ['swarm:unlock'],
  'swarm:update': ['swarm:up', 'swarm:upgrade'],
};

/**
 * The commands that were probably meant, best first: by meaning, else the nearest by letters, and also a command of that name without
 * the topic, or below one.
 * @param words what was typed: a word, or a topic and a word
 * @param ids all commands there are
 */
export function suggestions(words: readonly string[], ids: readonly string[]): readonly string[] {
  const id = words.join(':').toLowerCase();
  const meant = Object.hasOwn(meanings, id) ? (meanings[id] ?? []) : [];
  if (meant.length > 0) return meant;
  const [first = '', verb] = words;
  if (verb === undefined) {
    const below = ids.filter((known) => known.endsWith(`:${first}`));
    return below.length > 0 ? below : nearestOf(first, ids, '');
  }
  const near = nearestOf(verb, ids, `${first}:`);
  return ids.includes(verb) ? [...near, verb] : near;
}

/** The nearest command of a topic by letters; only what follows the topic counts. */
function nearestOf(word: string, ids: readonly string[], topic: string): string[] {
  const verbs = ids.filter((id) => id.startsWith(topic)).map((id) => id.slice(topic.length));
  const near = nearest(
    word,
    verbs.filter((verb) => !verb.includes(':')),
  );
  return near === undefined ? [] : [topic + near];
}
