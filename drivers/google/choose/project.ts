import { TsmachineError } from '../../../src/base/errors.js';
import type { Gce } from '../api.js';
import { isNotFound } from '../call/refused.js';
import type { Project } from '../call/resources.js';

/** The project, once for a run. @throws TsmachineError FLAG_INVALID when there is none of that id */
export async function projectOf(gce: Gce): Promise<Project> {
  try {
    return await gce.recall('projects.get', {});
  } catch (error) {
    if (!TsmachineError.is(error) || !isNotFound(error)) throw error;
    const { project } = gce.place;
    throw new TsmachineError('FLAG_INVALID', `Project with ID "${project}" not found (--google-project): ${error.message}`, {
      cause: error.cause,
      hint: 'Your projects, by their ids: gcloud projects list',
    });
  }
}

/** Whether the VMs of the project let in users of Google's alone (OS Login), so that a new one must be excepted. */
export async function hasOsLogin(gce: Gce): Promise<boolean> {
  const { commonInstanceMetadata } = await projectOf(gce);
  const item = commonInstanceMetadata?.items?.find(({ key }) => key === 'enable-oslogin');
  return /^(true|y|yes|1)$/i.test(item?.value ?? '');
}
