import { drawScene } from './draw-scene.ts';
import type { FarAnswer, FarRequest, Scene } from './scene.ts';

let scene: Scene | undefined;
const canvas = new OffscreenCanvas(1, 1);

self.addEventListener('message', ({ data }: MessageEvent<FarRequest>) => {
  scene = data.scene ?? scene;
  const { ticket, area, scale } = data;
  canvas.width = Math.max(1, Math.round(area.width * scale));
  canvas.height = Math.max(1, Math.round(area.height * scale));
  const context = canvas.getContext('2d');
  if (!scene || !context) return;
  drawScene(context, scene, { area, scale });
  const answer: FarAnswer = { ticket, area, bitmap: canvas.transferToImageBitmap() };
  self.postMessage(answer, { transfer: [answer.bitmap] });
});
