import { z } from 'zod';
import { defineComposite } from '../kit/define-node.ts';
import { integer } from '../kit/params.ts';

export default defineComposite({
  id: 'data/group',
  version: 1,
  title: 'Group',
  keywords: ['frame', 'box', 'section', 'area', 'comment'],
  canvas: 'group',
  inputs: {},
  outputs: {},
  params: z.object({
    width: integer({
      title: 'Width',
      description: 'How wide the frame is, in pixels of the canvas.',
      default: 560,
      min: 160,
      max: 20_000,
      advanced: true,
    }),
    height: integer({
      title: 'Height',
      description: 'How high the frame is, in pixels of the canvas.',
      default: 320,
      min: 96,
      max: 20_000,
      advanced: true,
    }),
  }),
  uses: [],
  expand: () => ({ nodes: {}, edges: [], inputs: {}, outputs: {} }),
  docs: {
    summary: 'A frame around nodes that belong together, which moves them along.',
    notes: 'It computes nothing. What lies in it belongs to it; what is dragged out does not any more.',
    sources: [
      {
        title: 'Blender manual, Frame node',
        url: 'https://docs.blender.org/manual/en/latest/interface/controls/nodes/frame.html',
      },
    ],
  },
  example: {
    nodes: {
      group: { type: 'data/group' },
      data: { type: 'data/dataset', params: { dataset: 'iris' } },
      table: { type: 'data/view-table' },
    },
    edges: [['data.dataset', 'table.value']],
  },
});
