import { runDriverConformance } from '../../../../src/driver/kit/conformance.js';
import { fakeDriver, fakeModule } from '../../../helpers/fake-cloud-driver.js';
import { fakeWorld } from './fake-world.js';

runDriverConformance(fakeModule, fakeWorld(fakeDriver));
