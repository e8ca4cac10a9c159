const upTo = (width: number): boolean => globalThis.matchMedia?.(`(max-width: ${width}px)`).matches ?? false;

/** As Tailwind's `max-md`: what lies beside the canvas on a wide screen lies over it here. */
export const isNarrow = (): boolean => upTo(767);

/** As `max-lg`: the inspector is a sheet over the canvas. */
export const hasSheet = (): boolean => upTo(1023);
