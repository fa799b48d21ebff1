import { cost, program } from './measure.js';
import { atMost, type Row } from './report.js';
import { openLab } from '../test/helpers/lab.js';
import { createService, loadImages, running } from '../test/helpers/swarm.js';

const ours = [process.execPath, program];
const none = ['-d', 'none', '--url', 'tcp://127.0.0.1:1'];

/** Swarms: plans of many machines, and a whole swarm on real hosts if this computer can run hosts. */
export async function swarms(canRunHosts: boolean): Promise<Row[]> {
  const lab = await openLab();
  try {
    return [...(await plans(await lab.store('plans'))), ...(canRunHosts ? await whole(await lab.store('swarm')) : [])];
  } finally {
    await lab.close();
  }
}

async function plans(store: string): Promise<Row[]> {
  const env = { MACHINE_STORAGE_PATH: store };
  const plan = (workers: number) =>
    cost([...ours, 'swarm', 'plan', '--managers', '7', '--workers', String(workers), ...none, 'big'], env, [2]);
  await plan(0);
  const { wall } = await plan(193);
  return [atMost('swarm plan of 200 machines', wall, 2, 's')];
}

/** The time from nothing until a service runs on every node, as a user waits for it; then the same command again. */
async function whole(store: string): Promise<Row[]> {
  const env = { MACHINE_STORAGE_PATH: store };
  const names = ['manager1', 'manager2', 'manager3', 'worker1', 'worker2'].map((name) => `bench-${name}`);
  const up = () => cost([...ours, 'swarm', 'up', '--managers', '3', '--workers', '2', '-d', 'nspawn', 'bench'], env);
  try {
    const started = performance.now();
    const made = await up();
    await loadImages(store, names);
    await createService(store, 'bench-manager1', 'web', 5);
    await running(store, 'bench-manager1', 'web', 5);
    const seconds = (performance.now() - started) / 1000;
    const again = await up();
    return [
      atMost('nothing to 3 managers, 2 workers and a service of 5, image cached', seconds, 60, 's'),
      atMost('  its processor time, swarm up alone', made.cpu, 10, 's'),
      atMost('  swarm up again, unchanged', again.wall, 3, 's'),
    ];
  } finally {
    await cost([...ours, 'swarm', 'down', '-y', 'bench'], env);
  }
}
