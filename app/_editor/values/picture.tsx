'use client';

import { useEffect, useRef } from 'react';
import type { DataOf } from '../../../graph/dataset.ts';

/** One picture of a column: channels last, bytes; grey where there is one channel. */
export function Picture({
  data,
  row,
  size,
}: {
  readonly data: DataOf<'image'>;
  readonly row: number;
  /** Of its longer side on the screen. */
  readonly size: number;
}) {
  const canvas = useRef<HTMLCanvasElement>(null);
  const { height, width, channels } = data;
  useEffect(() => {
    const context = canvas.current?.getContext('2d');
    if (!context) return;
    const pixels = context.createImageData(width, height);
    const from = row * height * width * channels;
    for (let i = 0; i < height * width; i++) {
      const at = from + i * channels;
      const red = data.values[at]!;
      pixels.data[i * 4] = red;
      pixels.data[i * 4 + 1] = channels >= 3 ? data.values[at + 1]! : red;
      pixels.data[i * 4 + 2] = channels >= 3 ? data.values[at + 2]! : red;
      pixels.data[i * 4 + 3] = channels === 4 ? data.values[at + 3]! : channels === 2 ? data.values[at + 1]! : 255;
    }
    context.putImageData(pixels, 0, 0);
  }, [data, row, height, width, channels]);
  const scale = size / Math.max(height, width);
  return (
    <canvas
      ref={canvas}
      width={width}
      height={height}
      role="img"
      aria-label={`Picture of row ${row + 1}`}
      style={{ width: width * scale, height: height * scale, imageRendering: scale > 1.5 ? 'pixelated' : 'auto' }}
      className="rounded-sm"
    />
  );
}
