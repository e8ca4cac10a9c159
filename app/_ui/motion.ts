/** How long a movement takes: no time at all for those who asked their device for less motion. */
export const moving = (milliseconds: number): number =>
  matchMedia('(prefers-reduced-motion: reduce)').matches ? 0 : milliseconds;
