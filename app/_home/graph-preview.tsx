import type { GraphDocument } from '../../graph/document.ts';
import { entryOfNode } from '../../nodes/subgraphs.ts';
import { familyColour } from '../_ui/families.ts';

const WIDTH = 200;
const HEIGHT = 110;
/** Room for wires that swing out to the sides. */
const MARGIN = 80;

/** A graph in small, drawn from its document: where nodes are, what families they are of, what flows between them. */
export function GraphPreview({ document }: { readonly document: GraphDocument }) {
  const nodes = Object.entries(document.nodes);
  if (nodes.length === 0) return null;
  const xs = nodes.map(([, { position }]) => position.x);
  const ys = nodes.map(([, { position }]) => position.y);
  const left = Math.min(...xs);
  const top = Math.min(...ys);
  const width = Math.max(...xs) - left + WIDTH;
  const height = Math.max(...ys) - top + HEIGHT;
  const at = (id: string) => document.nodes[id]?.position;
  const thick = Math.max(width / 400, 2);
  return (
    <svg
      viewBox={`${left - MARGIN} ${top - MARGIN} ${width + 2 * MARGIN} ${height + 2 * MARGIN}`}
      preserveAspectRatio="xMidYMid meet"
      className="h-full w-full"
      aria-hidden="true"
    >
      {Object.entries(document.edges).map(([id, { from, to }]) => {
        const a = at(from[0]);
        const b = at(to[0]);
        if (!a || !b) return null;
        const source = document.nodes[from[0]];
        const port = entryOfNode(source, document.definitions)?.outputs.find(({ name }) => name === from[1]);
        const [x1, y1, x2, y2] = [a.x + WIDTH, a.y + HEIGHT / 2, b.x, b.y + HEIGHT / 2];
        // one that goes back swings out less than it is long, as on the canvas
        const bend = Math.max(40, x2 < x1 ? 6 * Math.sqrt(x1 - x2) : (x2 - x1) / 2);
        return (
          <path
            key={id}
            data-kind={port?.kinds.length === 1 ? port.kinds[0] : 'any'}
            d={`M${x1} ${y1} C${x1 + bend} ${y1} ${x2 - bend} ${y2} ${x2} ${y2}`}
            fill="none"
            stroke="var(--kind)"
            strokeWidth={thick * 1.6}
            opacity={0.75}
          />
        );
      })}
      {nodes.map(([id, { type, position }]) => (
        <g key={id} style={{ '--family': familyColour(type.slice(0, type.indexOf('/'))) } as React.CSSProperties}>
          <rect
            x={position.x}
            y={position.y}
            width={WIDTH}
            height={HEIGHT}
            rx={16}
            fill="var(--surface)"
            stroke="var(--line-strong)"
            strokeWidth={thick}
          />
          <rect x={position.x + 16} y={position.y + 18} width={26} height={26} rx={7} fill="var(--family)" />
          <rect x={position.x + 54} y={position.y + 24} width={100} height={14} rx={7} fill="var(--line-strong)" />
          <rect x={position.x + 16} y={position.y + 66} width={120} height={10} rx={5} fill="var(--line)" />
        </g>
      ))}
    </svg>
  );
}
