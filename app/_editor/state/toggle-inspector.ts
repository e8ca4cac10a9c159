import { hasSheet } from '../../_ui/narrow.ts';
import { type EditorStore, nothingSelected } from './store.ts';

/** Shows or hides the inspector: a column, or on a narrow screen a sheet, which goes with the selection it came with. */
export const toggleInspector = (store: EditorStore): void =>
  store.setState(({ inspector, sheet, selection }) => {
    if (!hasSheet()) return { inspector: !inspector };
    return sheet || selection.nodes.size > 0 ? { sheet: false, selection: nothingSelected } : { sheet: true };
  });
