import { forms, type Form } from '../../../base/forms.js';
import { nanoseconds } from '../duration.js';
import { externalCaFault } from '../external-ca.js';
import { poolFault } from '../../model/address-pool.js';
import { advertisedFault, dataPathFault, listenFault } from '../../model/node-address.js';

/** What is wrong with a text, as "must be ...". It never contains the text itself, which may be a secret. */
type Fault = (text: string) => string | undefined;

/** The checks for each `format` of docs/swarm.schema.json. */
export const formats: Readonly<Record<string, Fault>> = {
  'machine-name': of(forms.newMachineName),
  'engine-option': of(forms.engineOption),
  'engine-label': of(forms.engineLabel),
  'insecure-registry': of(forms.insecureRegistry),
  'web-url': of(forms.webUrl),
  'storage-driver': of(forms.storageDriver),
  environment: of(forms.environment),
  'engine-version': of(forms.engineVersion),
  'tls-san': of(forms.tlsSan),
  'go-duration': (text) => ((nanoseconds(text) ?? 0) > 0 ? undefined : durationForm),
  'certificate-validity': (text) => {
    const length = nanoseconds(text);
    if (length === undefined) return durationForm;
    return length < hour ? 'must be at least 1h: the engine accepts nothing shorter' : undefined;
  },
  'ipv4-network': poolFault,
  'external-ca': externalCaFault,
  'label-key': of({ fits: (text) => /^[^\s=]+$/.test(text), form: 'a word without blanks and "="' }),
  'node-address': advertisedFault,
  'node-host': dataPathFault,
  'listen-address': listenFault,
};

const durationForm = 'must be a duration such as 90s, 10m or 2160h';
const hour = 3600e9;

function of({ fits, form }: Form): Fault {
  return (text) => (fits(text) ? undefined : `must be ${form}`);
}
