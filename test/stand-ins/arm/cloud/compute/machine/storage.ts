import { ArmError, invalidParameter, missing } from '../../../front/errors.js';
import type { Arrived } from '../../../front/kinds.js';
import { dig, number, put, same, text, type Json } from '../../../world/json.js';
import { imageNamed, newest } from '../catalogue/images.js';
import type { Size } from '../catalogue/sizes.js';

interface Source {
  readonly arm: boolean;
  readonly generation: string;
  readonly gigabytes: number;
  /** `publisher:offer:plan` of an image that is sold. */
  readonly plan?: string;
  readonly exactVersion?: string;
}

export interface Disk {
  readonly name: string;
  readonly gigabytes: number;
  readonly sku: string;
  readonly ephemeral: boolean;
}

/** The image and the disk that is made of it. @throws ArmError */
export function checkStorage(body: Json, size: Size, arrived: Arrived, machine: string): Disk {
  const profile = dig(body, 'properties.storageProfile');
  if (profile === undefined) throw missing('storageProfile');
  const reference = dig(profile, 'imageReference');
  if (reference === undefined) throw missing('imageReference');
  const source = imageOf(reference as Json, body, arrived);
  if (source.exactVersion !== undefined) put(body, 'properties.storageProfile.imageReference.exactVersion', source.exactVersion);
  checkFit(source, size);
  checkPlan(source, body, arrived);
  const option = text(profile, 'osDisk.createOption');
  if (option === undefined) throw missing('osDisk.createOption');
  if (option !== 'FromImage')
    throw invalidParameter(`The value '${option}' of parameter 'osDisk.createOption' is not played.`, 'osDisk.createOption');
  const gigabytes = number(profile, 'osDisk.diskSizeGB') ?? source.gigabytes;
  if (gigabytes < source.gigabytes) {
    const message =
      `The specified disk size ${gigabytes} GB is smaller than the size of the corresponding disk in the VM image: ${source.gigabytes} GB. ` +
      'This is not allowed. Please choose equal or greater size or do not specify an explicit size.';
    throw new ArmError(400, 'OperationNotAllowed', message, { target: 'osDisk.diskSizeGB' });
  }
  const sku = text(profile, 'osDisk.managedDisk.storageAccountType') ?? 'Standard_LRS';
  const name = text(profile, 'osDisk.name') ?? `${machine}_OsDisk_1_${'0'.repeat(32)}`;
  if (sku === 'UltraSSD_LRS' || sku === 'PremiumV2_LRS') {
    const message = `The requested OS Disk storage account type '${sku}' is not supported: OS disks must be Standard_LRS, StandardSSD_LRS, Premium_LRS, StandardSSD_ZRS or Premium_ZRS.`;
    throw invalidParameter(message, 'osDisk.managedDisk.storageAccountType');
  }
  if (sku.startsWith('Premium') && !size.premium) {
    const message = `Requested operation cannot be performed because the VM size ${size.name} does not support the storage account type ${sku} of disk '${name}'. Consider updating the VM to a size that supports Premium storage.`;
    throw invalidParameter(message, 'osDisk.managedDisk.storageAccountType');
  }
  const ephemeral = text(profile, 'osDisk.diffDiskSettings.option') === 'Local';
  if (ephemeral) checkEphemeral(profile, size, gigabytes);
  return { name, gigabytes, sku, ephemeral };
}

function imageOf(reference: Json, body: Json, { subscription }: Arrived): Source {
  const location = text(body, 'location');
  const id = text(reference, 'id') ?? text(reference, 'sharedGalleryImageId') ?? text(reference, 'communityGalleryImageId');
  if (id !== undefined) {
    const own = (subscription.options.images ?? []).find((each) => same(each.id, id));
    if (own?.location === location && own !== undefined) return { arm: own.arm === true, generation: 'V2', gigabytes: 30 };
    const message = `The gallery image ${id} is not available in ${location ?? ''} region. Please contact image owner to replicate to this region, or change your requested region.`;
    throw new ArmError(404, 'GalleryImageNotFound', message, { target: 'imageReference' });
  }
  const [publisher, offer, sku, version] = ['publisher', 'offer', 'sku', 'version'].map((part) => text(reference, part));
  for (const [name, value] of Object.entries({ publisher, offer, sku, version }))
    if (value === undefined) throw missing(`imageReference.${name}`);
  const image = imageNamed(publisher, offer, sku);
  const exact = image && (version === 'latest' ? newest(image) : image.versions.find((each) => each === version));
  if (image === undefined || exact === undefined) {
    const message =
      `The platform image '${publisher ?? ''}:${offer ?? ''}:${sku ?? ''}:${version ?? ''}' is not available. Verify that all fields in the storage profile are ` +
      'correct. For more details about storage profile information, please refer to https://aka.ms/storageprofile';
    throw new ArmError(404, 'PlatformImageNotFound', message, { target: 'imageReference' });
  }
  const plan = image.plan === true ? { plan: `${image.publisher}:${image.offer}:${image.sku}` } : {};
  return { arm: image.arm, generation: image.generation, gigabytes: image.gigabytes, exactVersion: exact, ...plan };
}

function checkFit(source: Source, size: Size): void {
  if (source.arm !== size.arm) {
    const [has, needs] = source.arm ? ['Arm64', 'x64'] : ['x64', 'Arm64'];
    const message =
      `Cannot create a VM of size '${size.name}' because this VM size only supports a CPU Architecture of '${needs}', but an image or disk with CPU ` +
      `Architecture '${has}' was given. Please check that the CPU Architecture of the image or disk is compatible with that of the VM size.`;
    throw new ArmError(400, 'BadRequest', message);
  }
  if (size.generations.includes(source.generation)) return;
  const message =
    `The selected VM size '${size.name}' cannot boot Hypervisor Generation '${source.generation.slice(1)}'. If this was a Create operation please check that the ` +
    'Hypervisor Generation of the Image matches the Hypervisor Generation of the selected VM Size. If this was an Update operation please select a Hypervisor ' +
    `Generation '${source.generation.slice(1)}' VM Size. For more information, see https://aka.ms/azuregen2vm`;
  throw new ArmError(400, 'BadRequest', message);
}

function checkPlan({ plan }: Source, body: Json, { subscription, address, call }: Arrived): void {
  const given = dig(body, 'plan');
  if (plan === undefined) {
    if (given === undefined) return;
    const message = `Plan information was given, but the image of VM '${address.id}' needs none.`;
    throw new ArmError(400, 'VMMarketplaceInvalidInput', message);
  }
  const [publisher = '', offer = '', name = ''] = plan.split(':');
  const isRight = same(text(given, 'publisher'), publisher) && same(text(given, 'product'), offer) && same(text(given, 'name'), name);
  if (!isRight) {
    const message = `Creating a virtual machine from Marketplace image or a custom image sourced from a Marketplace image requires Plan information in the request. VM: '${address.id}'.`;
    throw new ArmError(400, 'VMMarketplaceInvalidInput', message);
  }
  if (subscription.agreements.has(plan.toLowerCase())) return;
  const terms =
    `You have not accepted the legal terms on this subscription: '${subscription.id}' for this plan. Before the subscription can be used, you need to accept the legal ` +
    'terms of the image. To read and accept legal terms, use the Azure CLI commands described at https://go.microsoft.com/fwlink/?linkid=2110637 or the PowerShell ' +
    'commands available at https://go.microsoft.com/fwlink/?linkid=862451. Alternatively, deploying via the Azure portal provides a UI experience for reading and ' +
    `accepting the legal terms. Offer details: publisher='${publisher}' offer = '${offer}', sku = '${name}', Correlation Id: '${call.requestId}'.`;
  throw new ArmError(
    400,
    'MarketplacePurchaseEligibilityFailed',
    'Marketplace purchase eligibilty check returned errors. See inner errors for details. ',
    {
      details: [
        {
          code: 'BadRequest',
          message:
            `Offer with PublisherId: '${publisher}', OfferId: '${offer}' cannot be purchased due to validation errors. For more information see details. ` +
            `Correlation Id: '${call.requestId}' ${terms}`,
        },
      ],
    },
  );
}

function checkEphemeral(profile: unknown, size: Size, gigabytes: number): void {
  const placement = text(profile, 'osDisk.diffDiskSettings.placement') ?? (size.cache > 0 ? 'CacheDisk' : 'ResourceDisk');
  const room = placement === 'CacheDisk' ? size.cache : placement === 'ResourceDisk' ? size.temporary : 0;
  if (text(profile, 'osDisk.caching') !== 'ReadOnly') {
    const message = `Caching type None or ReadWrite is not supported for Ephemeral OS disks. It should be ReadOnly.`;
    throw invalidParameter(message, 'osDisk.caching');
  }
  if (gigabytes <= room) return;
  const message = `OS disk of Ephemeral VM with size greater than ${room} GB is not allowed for VM size ${size.name} when the DiffDiskPlacement is ${placement}. Please refer to https://aka.ms/Ephemeral for more details.`;
  throw new ArmError(409, 'NotSupported', message);
}
