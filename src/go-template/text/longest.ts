/** Characters of one value and of the whole output: far more than what is printed of machines, and quickly made. */
export const longestText = 4_000_000;

/** Said of a longer one. */
export const tooLong = `the text has more than ${longestText} characters`;
