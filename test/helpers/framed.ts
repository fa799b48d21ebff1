/** What a host would run: the program of a command line, or of what `sh -s` reads. */
export function programOf(command: string): string {
  const encoded = /printf %b "(?<text>[^"]*)"/.exec(command)?.groups?.['text'];
  return encoded?.replace(/\\0(?<octal>[0-7]{3})/g, (_, octal: string) => String.fromCharCode(parseInt(octal, 8))) ?? command;
}

/** The line that a program prints first, on both streams; empty for none. */
export function markOf(program: string): string {
  const mark = /^echo (?<mark>tsmachine-[0-9a-f]{32});/.exec(program)?.groups?.['mark'];
  return mark === undefined ? '' : `${mark}\n`;
}
