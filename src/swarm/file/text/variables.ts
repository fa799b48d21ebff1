export interface Expansion {
  readonly text: string;
  /** What is wrong, each with the part of the text that it is about. */
  readonly faults: readonly { readonly piece: string; readonly message: string }[];
  /** Whether something was expanded: then the text must not be shown, because it may be a secret. */
  readonly changed: boolean;
}

const reference = /\$(?:\$|\{([^}]*)(\}?)|([a-z_]\w*))/gi;
const inside = /^([a-z_]\w*)(?::([-?])(.*))?$/is;

/**
 * Expands environment variables: `${NAME}`, and `${NAME:-default}` and `${NAME:?why}`, which both treat an empty variable as unset.
 * `$$` becomes `$`. Only values are expanded, after the file was parsed: whatever a variable contains, it stays one value.
 */
export function expandVariables(text: string, env: NodeJS.ProcessEnv): Expansion {
  const faults: { piece: string; message: string }[] = [];
  const expanded = text.replaceAll(reference, (piece: string, body: string | undefined, closed: string, bare: string | undefined) => {
    if (piece === '$$') return '$';
    const fault = (message: string) => {
      faults.push({ piece, message });
      return '';
    };
    if (bare !== undefined) return fault(`write \${${bare}} for the variable, or $$${bare} for a dollar sign`);
    if (closed === '') return fault(`${piece} has no closing brace; $$ stands for a dollar sign`);
    const [, name = '', operator, rest = ''] = inside.exec(body ?? '') ?? [];
    if (name === '' || rest.includes('${')) {
      return fault(`${piece} is not supported: write \${NAME}, \${NAME:-default} or \${NAME:?why}; $$ stands for a dollar sign`);
    }
    const value = env[name];
    const unset = `the environment variable ${name} is not set`;
    if (operator === undefined) return value ?? fault(`${unset}; \${${name}:-default} sets a default`);
    if (value !== undefined && value !== '') return value;
    return operator === '-' ? rest : fault(rest === '' ? unset : `${unset}: ${rest}`);
  });
  return { text: expanded, faults, changed: expanded !== text };
}
