import type { Window } from '../../ir/operation.ts';
import type { Size } from '../../ir/size.ts';
import { showTensorType, type TensorType } from '../../ir/types.ts';
import type { TypeContext } from './define-node.ts';
import { integer } from './params.ts';

/** A problem unless the tensor holds pictures. */
export function needPictures(check: TypeContext, title: string, type: TensorType): readonly [Size, Size, Size, Size] {
  if (type.dtype !== 'float32' || type.shape.length !== 4)
    return check.fail(
      'network/pictures',
      `${title} needs pictures float32[B, channels, height, width], got ${showTensorType(type)}.`,
      {
        port: 'x',
        hint: 'Wire an Input that reads a column of images.',
      },
    );
  return type.shape as unknown as readonly [Size, Size, Size, Size];
}

/** A problem where a window is larger than the picture with its padding. */
export function needRoom(
  check: TypeContext,
  title: string,
  type: TensorType,
  window: number,
  dilation: number,
  padding: number,
): void {
  const reach = dilation * (window - 1) + 1;
  for (const size of type.shape.slice(2))
    if (typeof size === 'number' && size + 2 * padding < reach)
      check.fail(
        'network/window',
        `${title} needs pictures of at least ${reach} × ${reach} with padding, got ${showTensorType(type)}.`,
        {
          port: 'x',
          hint: 'Make the window smaller, or pad more.',
        },
      );
}

export const windowParams = {
  size: integer({ title: 'Window', description: 'Height and width of the window.', default: 3, min: 1, max: 1024 }),
  stride: integer({ title: 'Stride', description: 'How far the window moves.', default: 1, min: 1, max: 1024 }),
  padding: integer({
    title: 'Padding',
    description: 'Rows and columns of zeros around the picture.',
    default: 0,
    min: 0,
    max: 1024,
  }),
  dilation: integer({
    title: 'Dilation',
    description: 'Distance between the pixels that a window looks at.',
    default: 1,
    min: 1,
    max: 1024,
    advanced: true,
  }),
};

/** The same window along height and width. */
export const squareWindow = ({
  stride,
  padding,
  dilation,
}: {
  stride: number;
  padding: number;
  dilation: number;
}): Window => ({
  stride: [stride, stride],
  dilation: [dilation, dilation],
  padding: [
    [padding, padding],
    [padding, padding],
  ],
});
