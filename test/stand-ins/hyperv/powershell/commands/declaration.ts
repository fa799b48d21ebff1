import type { WholeType } from '../values/values.js';

/** What a cmdlet declares, as its reference page shows it. */
export interface Declaration {
  readonly module: string;
  /** Its class, which stands in the ids of its errors. */
  readonly type: string;
  /** Of several sets that fit. */
  readonly defaultSet?: string;
  readonly parameters: Readonly<Record<string, Parameter>>;
  /** It takes what comes by the pipeline all at once. */
  readonly gathers?: true;
}

export interface Parameter {
  readonly type: 'String' | WholeType | 'Boolean' | 'Switch' | 'Guid' | 'ScriptBlock' | 'Any' | ObjectType | Enumeration;
  /** The sets that it belongs to; all, where it names none. */
  readonly sets?: readonly string[];
  /** In all of its sets, or in these. */
  readonly mandatory?: true | readonly string[];
  readonly position?: number;
  readonly pipeline?: true;
  /** Takes all positions from its own on. */
  readonly rest?: true;
  /** Not in this release of Windows. */
  readonly notIn?: string;
}

interface ObjectType {
  readonly object: string;
}

interface Enumeration {
  readonly enumeration: string;
  readonly names: readonly string[];
}

/** Parameters of all, or of nearly all, cmdlets: they count when a name is cut short, and no script has use for one. */
export const everywhere = [
  'Verbose',
  'Debug',
  'ErrorAction',
  'WarningAction',
  'InformationAction',
  'ErrorVariable',
  'WarningVariable',
  'InformationVariable',
  'OutVariable',
  'OutBuffer',
  'PipelineVariable',
];

export function typeText({ type }: Parameter): string {
  if (typeof type === 'object') return 'object' in type ? type.object : type.enumeration;
  if (type === 'Any') return 'System.Object';
  return type === 'Switch' || type === 'ScriptBlock' ? `System.Management.Automation.${type}` : `System.${type}`;
}
