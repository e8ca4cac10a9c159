/** Hues of lines: distinct in both themes, neighbours far apart. */
const hues = [262, 55, 150, 345, 205, 100, 305, 25] as const;

export const lineColour = (i: number): string =>
  `oklch(var(--hue-l) calc(var(--hue-c) * 1.2) ${hues[i % hues.length]})`;
