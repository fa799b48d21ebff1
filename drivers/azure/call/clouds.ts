/** Azure's clouds, by Docker Machine's names (learn.microsoft.com/azure/developer/python/sdk/authentication/multi-cloud). */
export interface Cloud {
  /** Azure Resource Manager. */
  readonly endpoint: string;
  /** Who gives tokens. */
  readonly authority: string;
  /** Where people look at it. */
  readonly portal: string;
}

export const clouds: Readonly<Record<string, Cloud>> = {
  AzurePublicCloud: {
    endpoint: 'https://management.azure.com',
    authority: 'https://login.microsoftonline.com',
    portal: 'https://portal.azure.com',
  },
  AzureUSGovernmentCloud: {
    endpoint: 'https://management.usgovcloudapi.net',
    authority: 'https://login.microsoftonline.us',
    portal: 'https://portal.azure.us',
  },
  AzureChinaCloud: {
    endpoint: 'https://management.chinacloudapi.cn',
    authority: 'https://login.chinacloudapi.cn',
    portal: 'https://portal.azure.cn',
  },
};

export const usualCloud = 'AzurePublicCloud';

/** The cloud of that name; the usual one for an empty or unknown name. */
export function cloudOf(environment: string): Cloud {
  return clouds[environment] ?? (clouds[usualCloud] as Cloud);
}

/** Whether a token may be sent there: to the endpoint itself, or to a regional host of it. */
export function isOfEndpoint(url: string, endpoint: string): boolean {
  if (!URL.canParse(url)) return false;
  const [to, home] = [new URL(url), new URL(endpoint)];
  return to.protocol === home.protocol && to.port === home.port && (to.host === home.host || to.hostname.endsWith(`.${home.hostname}`));
}
