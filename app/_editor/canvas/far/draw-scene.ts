import type { Area, Scene } from './scene.ts';

/** From this zoom on a title is written as on a node; below, large over the whole of it. */
const NEAR_TITLE = 0.36;
/** Below this many pixels nobody reads. */
const LEAST_TEXT = 5;

/** Draws what lies in an area. Runs in a worker. */
export function drawScene(
  context: OffscreenCanvasRenderingContext2D,
  scene: Scene,
  { area, scale }: { readonly area: Area; readonly scale: number },
): void {
  const { nodes, wires, kinds, colours } = scene;
  context.setTransform(scale, 0, 0, scale, -area.x * scale, -area.y * scale);
  const [right, bottom] = [area.x + area.width, area.y + area.height];
  const outside = (x1: number, y1: number, x2: number, y2: number) =>
    x2 < area.x || y2 < area.y || x1 > right || y1 > bottom;

  frames(context, scene, outside);
  context.lineWidth = Math.max(1.75, 1 / scale);
  context.globalAlpha = 0.8;
  const byColour = new Map<number, Path2D>();
  for (let i = 0; i < kinds.length; i++) {
    const [x1, y1, ax, ay] = [wires[8 * i]!, wires[8 * i + 1]!, wires[8 * i + 2]!, wires[8 * i + 3]!];
    const [bx, by, x2, y2] = [wires[8 * i + 4]!, wires[8 * i + 5]!, wires[8 * i + 6]!, wires[8 * i + 7]!];
    const [left, top] = [Math.min(x1, ax, bx, x2), Math.min(y1, ay, by, y2)];
    if (outside(left, top, Math.max(x1, ax, bx, x2), Math.max(y1, ay, by, y2))) continue;
    const path = byColour.get(kinds[i]!) ?? new Path2D();
    byColour.set(kinds[i]!, path);
    path.moveTo(x1, y1);
    // a curve of a few pixels is a line
    if (Math.abs(x2 - x1) * scale < 6 && Math.abs(y2 - y1) * scale < 6) path.lineTo(x2, y2);
    else path.bezierCurveTo(ax, ay, bx, by, x2, y2);
  }
  for (const [colour, path] of byColour) {
    context.strokeStyle = colours[colour]!;
    context.stroke(path);
  }
  context.globalAlpha = 1;
  for (let i = 0; i < scene.families.length; i++) {
    const [x, y, width, height] = [nodes[4 * i]!, nodes[4 * i + 1]!, nodes[4 * i + 2]!, nodes[4 * i + 3]!];
    if (scene.marks[i]! & 8 || outside(x, y, x + width, y + height)) continue;
    drawNode(context, scene, i, scale);
  }
}

function frames(
  context: OffscreenCanvasRenderingContext2D,
  { nodes, marks, ink }: Scene,
  outside: (x1: number, y1: number, x2: number, y2: number) => boolean,
): void {
  context.fillStyle = ink;
  context.globalAlpha = 0.06;
  for (let i = 0; i < marks.length; i++) {
    const [x, y, width, height] = [nodes[4 * i]!, nodes[4 * i + 1]!, nodes[4 * i + 2]!, nodes[4 * i + 3]!];
    if (marks[i]! & 8 && !outside(x, y, x + width, y + height)) context.fillRect(x, y, width, height);
  }
}

function drawNode(context: OffscreenCanvasRenderingContext2D, scene: Scene, i: number, scale: number): void {
  const { nodes, families, marks, colours, titles, ink, surface, bad, accent } = scene;
  const [x, y, width, height] = [nodes[4 * i]!, nodes[4 * i + 1]!, nodes[4 * i + 2]!, nodes[4 * i + 3]!];
  const family = colours[families[i]!]!;
  const mark = marks[i]!;
  context.globalAlpha = mark & 4 ? 0.55 : 1;
  context.beginPath();
  // corners that nobody can see are not worth their curves
  if (scale > 0.15) context.roundRect(x, y, width, height, 8);
  else context.rect(x, y, width, height);
  context.fillStyle = surface;
  context.fill();
  context.fillStyle = family;
  const opaque = context.globalAlpha;
  context.globalAlpha = opaque * (scale < NEAR_TITLE ? 0.22 : 0.1);
  context.fill();
  context.globalAlpha = opaque;
  context.lineWidth = Math.max(1.5, (mark & 3 ? 2 : 0.75) / scale);
  context.strokeStyle = mark & 1 ? bad : mark & 2 ? accent : family;
  context.stroke();
  const size = scale < NEAR_TITLE ? 30 : 13;
  if (size * scale < LEAST_TEXT) return;
  context.save();
  context.clip();
  context.fillStyle = ink;
  context.font = `600 ${size}px "Inter Variable", system-ui, sans-serif`;
  context.textBaseline = 'top';
  context.fillText(titles[i]!, x + 14, y + (scale < NEAR_TITLE ? 14 : 11));
  context.restore();
}
