import type { ComponentProps } from 'react';

/** Stands for a control that floats things of later code hang from: as large, at the same place, and not to be touched. */
export function PlaceOf({ anchor, ...rest }: ComponentProps<'span'> & { readonly anchor: Element }) {
  const { left, top, width, height } = anchor.getBoundingClientRect();
  return (
    <span {...rest} aria-hidden="true" className="pointer-events-none fixed" style={{ left, top, width, height }} />
  );
}
