/** A type without the word that the port's name and colour say already. */
export const shortType = (type: string): string =>
  type
    .replace(/^dataset\{/, '{')
    .replace(/^model\((.*) parameters\)$/, '$1')
    .replace(/\b\d{5,}\b/g, (digits) => Number(digits).toLocaleString('en'));
