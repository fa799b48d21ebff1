/**
 * Whether `text` fits `pattern`, in which `*` stands for any characters and `?` for one (ssh_config(5), PATTERNS). Takes at most as many
 * steps as the product of the two lengths, whatever the pattern: only the last star seen is ever tried again.
 */
export function fitsGlob(pattern: string, text: string): boolean {
  let at = 0;
  let star = -1;
  let resume = 0;
  for (let here = 0; here < text.length;) {
    const wanted = pattern[at];
    if (wanted === '*') {
      star = at++;
      resume = here;
    } else if (wanted === '?' || wanted === text[here]) {
      at += 1;
      here += 1;
    } else if (star >= 0) {
      at = star + 1;
      here = resume += 1;
    } else {
      return false;
    }
  }
  while (pattern[at] === '*') at += 1;
  return at === pattern.length;
}
