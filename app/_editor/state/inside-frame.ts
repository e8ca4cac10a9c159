import type { GraphDocument } from '../../../graph/document.ts';
import type { NodeBox } from './store.ts';

type Boxes = Readonly<Record<string, Pick<NodeBox, 'x' | 'y' | 'width' | 'height'>>>;

/** No node is larger: what lies further from a frame is not in it, whatever its size. */
const MOST = 2_000;

/** Nodes whose middle lies in a frame. */
export function nodesInside(
  { nodes }: Pick<GraphDocument, 'nodes'>,
  group: string,
  boxesOf: (ids: readonly string[]) => Boxes,
): string[] {
  const frame = boxesOf([group])[group];
  if (!frame) return [];
  const [right, bottom] = [frame.x + frame.width, frame.y + frame.height];
  const near = Object.entries(nodes).flatMap(
    ([
      id,
      {
        position: { x, y },
      },
    ]) => (id !== group && x < right && y < bottom && x > frame.x - MOST && y > frame.y - MOST ? [id] : []),
  );
  return Object.entries(boxesOf(near)).flatMap(([id, { x, y, width, height }]) => {
    const [dx, dy] = [x + width / 2 - frame.x, y + height / 2 - frame.y];
    return dx > 0 && dy > 0 && dx < frame.width && dy < frame.height ? [id] : [];
  });
}
