export type WorkedOut = { readonly value: number } | { readonly problem: string };

const tokens = /\s*((?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?|\*\*|[-+*/^()])/iy;
const signs: Readonly<Record<string, string>> = { '−': '-', '×': '*', '·': '*', '÷': '/', '**': '^' };

/** Whether a text is more than one number: `4*32`, `(2+1)^4`. */
export const isArithmetic = (text: string): boolean => /[*×·/÷^()]|[\d.)]\s*[-−+]/.test(text.replace(/\de[-+]/gi, '0'));

class Wrong extends Error {}

/** Works out numbers with + − × ÷ ^ and brackets, by the usual rules: ^ first and from the right. Nothing is run. */
export function workOut(text: string): WorkedOut {
  const plain = text.replace(/[−×·÷]/g, (sign) => signs[sign]!);
  const all: string[] = [];
  tokens.lastIndex = 0;
  while (plain.slice(tokens.lastIndex).trim() !== '') {
    const start = tokens.lastIndex;
    const found = tokens.exec(plain);
    if (!found) return { problem: `“${plain.slice(start).trim()[0]}” is no part of a number.` };
    all.push(signs[found[1]!] ?? found[1]!);
  }
  let at = 0;
  const take = (...some: string[]): string | undefined => (some.includes(all[at] ?? '') ? all[at++] : undefined);
  const sum = (): number => {
    let value = product();
    for (let sign = take('+', '-'); sign; sign = take('+', '-')) value += sign === '+' ? product() : -product();
    return value;
  };
  const product = (): number => {
    let value = signed();
    for (let sign = take('*', '/'); sign; sign = take('*', '/')) {
      const by = signed();
      if (sign === '/' && by === 0) throw new Wrong('Nothing can be divided by 0.');
      value = sign === '*' ? value * by : value / by;
    }
    return value;
  };
  const signed = (): number => {
    const sign = take('-', '+');
    return sign ? (sign === '-' ? -1 : 1) * signed() : power();
  };
  const power = (): number => {
    const base = atom();
    return take('^') ? base ** signed() : base;
  };
  const atom = (): number => {
    if (take('(')) {
      const value = sum();
      if (!take(')')) throw new Wrong('A bracket is not closed.');
      return value;
    }
    const token = all[at];
    if (token !== undefined && /[\d.]/.test(token)) {
      at++;
      return Number(token);
    }
    const before = all.slice(0, at).join('');
    throw new Wrong(before === '' ? 'A number is missing at the start.' : `A number is missing after ${before}.`);
  };
  try {
    const value = sum();
    if (at < all.length)
      return {
        problem: all[at] === ')' ? 'A bracket is closed that none opened.' : `A sign is missing before ${all[at]}.`,
      };
    return Number.isFinite(value) ? { value } : { problem: 'This comes to no number that can be kept.' };
  } catch (error) {
    if (error instanceof Wrong) return { problem: error.message };
    throw error;
  }
}
