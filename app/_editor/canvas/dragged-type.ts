/** What a node type that is dragged out of the palette travels as. */
export const draggedType = 'application/x-patchbay-node';
