/** Random ids made once; drivers label every resource with them, so that it is found again whatever becomes of the store. */
export interface Owner {
  readonly store: string;
  readonly machine: string;
}

/** One thing that was asked of a provider: written before it is asked, and completed with what it answered. */
export interface LedgerEntry {
  /** Unique in its scope: `vm`, `volume-1`. */
  readonly key: string;
  /** For people: `VirtualBox VM`. */
  readonly kind: string;
  readonly scope: 'machine' | 'store';
  /** What was asked, without secrets; asked again, this one counts and not a newer one. */
  readonly request: unknown;
  /** Makes a repeated call harmless where the provider knows such a thing. */
  readonly token: string;
  /** ISO 8601: when it was first wanted. */
  readonly wanted: string;
  /** The provider's name for a long-running operation, while it runs. */
  readonly operation?: string;
  /** Once it is known to exist. */
  readonly id?: string;
  /** Scope store: the ids of the machines that use it. */
  readonly users?: readonly string[];
}
