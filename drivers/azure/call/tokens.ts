/** What gives tokens: the SDK's credentials. */
export interface Credential {
  getToken(scopes: string, options: { readonly abortSignal: AbortSignal }): Promise<Token | null>;
}

interface Token {
  readonly token: string;
  /** Milliseconds since 1970. */
  readonly expiresOnTimestamp: number;
}

/** Milliseconds before its end from which a token is not used any more. */
const margin = 120_000;

/** The tokens of an account, one at a time. The SDK's own keeping of them goes on with one that was revoked. */
export class Tokens {
  #credential: Promise<Credential> | undefined;
  #token: Token | undefined;
  #asking: Promise<Token> | undefined;

  /** @param make a credential that remembers no token yet */
  constructor(
    readonly make: () => Promise<Credential>,
    readonly scope: string,
  ) {}

  /** A header that authorizes a request. @throws what the SDK throws when there is no token */
  async header(signal: AbortSignal): Promise<string> {
    if (this.#token && this.#token.expiresOnTimestamp - margin > Date.now()) return `Bearer ${this.#token.token}`;
    this.#asking ??= this.#ask(signal).finally(() => (this.#asking = undefined));
    return `Bearer ${(await this.#asking).token}`;
  }

  /** Azure does not take the token any more: the next one is another. */
  renew(): void {
    this.#credential = undefined;
    this.#token = undefined;
  }

  async #ask(signal: AbortSignal): Promise<Token> {
    this.#credential ??= this.make();
    try {
      const token = await (await this.#credential).getToken(this.scope, { abortSignal: signal });
      if (!token) throw new Error('the credentials of Azure gave no token');
      this.#token = token;
      return token;
    } catch (error) {
      this.#credential = undefined;
      throw error;
    }
  }
}
