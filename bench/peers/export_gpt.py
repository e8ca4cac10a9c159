"""Writes the GPT of bench/generate.ts for Transformers.js: export_gpt.py WEIGHTS.safetensors FOLDER '{"blocks": …}'.

The network is plain PyTorch, with keys and values given and returned as Hugging Face's exports have them.
"""

import json
import sys
from pathlib import Path

import torch
import torch.nn.functional as F
from safetensors.torch import load_file
from torch import nn

weights = load_file(sys.argv[1])
folder = Path(sys.argv[2])
size = json.loads(sys.argv[3])
blocks, heads, width, vocabulary, window = (size[k] for k in ("blocks", "heads", "width", "vocabulary", "window"))


class Gpt(nn.Module):
    def __init__(self):
        super().__init__()
        for name, value in weights.items():
            self.register_buffer(name.replace(".", "_"), value)

    def of(self, name):
        return getattr(self, name.replace(".", "_"))

    def norm(self, x, name):
        return F.layer_norm(x, (width,), self.of(f"{name}.weight"), self.of(f"{name}.bias"))

    def forward(self, input_ids, attention_mask, position_ids, *past):
        b, t = input_ids.shape
        x = F.embedding(input_ids, self.of("embedding.weight")) + F.embedding(position_ids, self.of("positions.weight"))
        total = attention_mask.shape[1]
        seen = torch.arange(total)[None, :] <= torch.arange(total - t, total)[:, None]
        hidden = torch.where(seen[None, None] & (attention_mask[:, None, None, :] > 0), 0.0, -1e9)
        present = []
        for i in range(blocks):
            name = f"block.{i}"
            y = self.norm(x, f"{name}.attention-norm")
            split = lambda part: F.linear(y, self.of(f"{name}.attention.{part}.weight")).view(b, t, heads, -1).transpose(1, 2)
            q, k, v = (split(part) for part in ("query", "key", "value"))
            k, v = torch.cat([past[2 * i], k], 2), torch.cat([past[2 * i + 1], v], 2)
            present += [k, v]
            scores = q @ k.transpose(2, 3) / (width // heads) ** 0.5 + hidden
            y = (scores.softmax(-1) @ v).transpose(1, 2).reshape(b, t, width)
            x = x + F.linear(y, self.of(f"{name}.attention.output.weight"))
            y = self.norm(x, f"{name}.feed-forward-norm")
            y = F.gelu(F.linear(y, self.of(f"{name}.feed-forward.up.weight")))
            x = x + F.linear(y, self.of(f"{name}.feed-forward.down.weight"))
        return (F.linear(self.norm(x, "norm"), self.of("embedding.weight")), *present)


pairs = [f"{i}.{part}" for i in range(blocks) for part in ("key", "value")]
past = tuple(torch.zeros(1, heads, 3, width // heads) for _ in pairs)
inputs = (torch.zeros(1, 2, dtype=torch.int64), torch.ones(1, 5, dtype=torch.int64), torch.tensor([[3, 4]]), *past)
(folder / "onnx").mkdir(parents=True, exist_ok=True)
grows = {f"past_key_values.{pair}": {0: "batch", 2: "past"} for pair in pairs}
torch.onnx.export(
    Gpt().eval(),
    inputs,
    folder / "onnx" / "model.onnx",
    dynamo=False,
    opset_version=17,
    input_names=["input_ids", "attention_mask", "position_ids", *grows],
    output_names=["logits", *(f"present.{pair}" for pair in pairs)],
    dynamic_axes={
        "input_ids": {0: "batch", 1: "time"},
        "attention_mask": {0: "batch", 1: "total"},
        "position_ids": {0: "batch", 1: "time"},
        "logits": {0: "batch", 1: "time"},
        **grows,
        **{f"present.{pair}": {0: "batch", 2: "total"} for pair in pairs},
    },
)
config = {
    "model_type": "gpt2",
    "architectures": ["GPT2LMHeadModel"],
    "n_layer": blocks,
    "n_head": heads,
    "n_embd": width,
    "n_positions": window,
    "vocab_size": vocabulary,
}
(folder / "config.json").write_text(json.dumps(config))
(folder / "generation_config.json").write_text("{}")
print(torch.__version__)
