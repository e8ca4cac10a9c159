import type { Tensor as OrtTensor } from 'onnxruntime-common';
import type { Tensor } from '../../ir/tensor.ts';

/** A tensor of ONNX Runtime as one of ours, in memory of its own. */
export const copyOf = ({ type, dims, data }: OrtTensor): Tensor => ({
  dtype: type as Tensor['dtype'],
  shape: dims,
  data: (data as Tensor['data']).slice() as Tensor['data'],
});
