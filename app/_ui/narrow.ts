/** As Tailwind's `max-md`: what lies beside the canvas on a wide screen lies over it here. */
export const isNarrow = (): boolean => globalThis.matchMedia?.('(max-width: 767px)').matches ?? false;
