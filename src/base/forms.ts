import { isIP } from 'node:net';

/** What a text given by a user must look like, and how to say so after "must be". */
export interface Form {
  readonly fits: (text: string) => boolean;
  readonly form: string;
}

/** Characters of a host name: as many as one part of a DNS name has, and one less than Linux keeps. */
export const longestHostName = 63;

const label = '[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?';
const dnsName = new RegExp(`^(?=.{1,253}$)${label}(?:\\.${label})*\\.?$`, 'i');

/** Whether a text can be a DNS name. An underscore, which the standard forbids in host names, is in use and allowed. */
export function isDnsName(text: string): boolean {
  return dnsName.test(text);
}

/** Whether a Linux computer can have this host name: a DNS name of at most 63 characters, without an underscore and without a final dot. */
export function isHostName(text: string): boolean {
  return text.length <= longestHostName && /^[a-z0-9.-]*[a-z0-9]$/i.test(text) && isDnsName(text);
}

/** Whether a URL is plain http: anybody on the way can change what comes. */
export function isPlainHttp(url: string): boolean {
  return /^http:/i.test(url);
}

/** Whether a text can stand for a user in an address and on a command line: no option, nothing that a shell or ssh gives a meaning to. */
export function isLoginName(text: string): boolean {
  return /^(?!-)[^\s\0-\x1f\x7f:@/\\'"`$;&<>|(){}]{1,256}$/.test(text);
}

/** Whether a text can be what ssh connects to: an IP address, a DNS name or a name of the user's ssh configuration. */
export function isSshHost(text: string): boolean {
  return isIP(text) > 0 || /^\w[\w.-]{0,252}$/.test(text);
}

/** These hold for the command line of `create` and for the file of a swarm alike. */
export const forms = {
  /** What Docker Machine takes: a machine in the store may have such a name. Bytes of a file name; `.lock` and the like are added to it. */
  machineName: {
    fits: (text) => /^[a-zA-Z0-9][a-zA-Z0-9\-.]*$/.test(text) && text.length <= 200,
    form: 'a name of letters, digits, "-" and "." that begins with a letter or a digit and has at most 200 characters',
  },
  /** The name becomes the name of a host. */
  newMachineName: {
    fits: isHostName,
    form:
      `a name of letters, digits, "-" and "." of at most ${longestHostName} characters, ` +
      'whose parts between dots begin and end with a letter or a digit',
  },
  engineLabel: { fits: (text) => /^[^\s=]+=/.test(text), form: 'key=value' },
  engineOption: { fits: (text) => /^[a-z0-9][\w.-]*(=|$)/i.test(text), form: 'flag=value, without leading dashes' },
  environment: { fits: (text) => /^[a-z_]\w*=[^\0\n]*$/i.test(text), form: 'NAME=value' },
  insecureRegistry: { fits: (text) => /^[^\s"']+$/.test(text), form: 'HOST[:PORT] or a CIDR range' },
  webUrl: { fits: (text) => /^https?:\/\/\S+$/.test(text) && URL.canParse(text), form: 'an http or https URL' },
  storageDriver: { fits: (text) => /^[\w-]*$/.test(text), form: 'a name such as overlay2' },
  engineVersion: { fits: (text) => /^[\w.:+~-]*$/.test(text), form: 'a version such as 26.1' },
  tlsSan: { fits: (text) => isIP(text) > 0 || isDnsName(text.replace(/^\*\./, '')), form: 'a DNS name or an IP address' },
} as const satisfies Record<string, Form>;
