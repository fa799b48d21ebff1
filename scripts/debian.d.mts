export function isThere(program: string): boolean;
