"""Training steps in PyTorch, for bench/train-step.ts: reads one JSON request a line, writes one JSON answer a line."""

import json
import resource
import sys
import time

import torch
import torch.nn.functional as F
from torch import nn


class Block(nn.Module):
    def __init__(self, width, heads):
        super().__init__()
        self.heads = heads
        self.norm1, self.norm2 = nn.LayerNorm(width), nn.LayerNorm(width)
        self.qkv = nn.Linear(width, 3 * width, bias=False)
        self.out = nn.Linear(width, width, bias=False)
        self.up, self.down = nn.Linear(width, 4 * width, bias=False), nn.Linear(4 * width, width, bias=False)

    def forward(self, x):
        b, t, d = x.shape
        q, k, v = (part.view(b, t, self.heads, -1).transpose(1, 2) for part in self.qkv(self.norm1(x)).chunk(3, -1))
        if hasattr(F, "scaled_dot_product_attention"):
            mixed = F.scaled_dot_product_attention(q, k, v, is_causal=True)
        else:
            hidden = torch.full((t, t), float("-inf")).triu(1)
            mixed = torch.softmax(q @ k.transpose(2, 3) / (d // self.heads) ** 0.5 + hidden, -1) @ v
        x = x + self.out(mixed.transpose(1, 2).reshape(b, t, d))
        return x + self.down(F.gelu(self.up(self.norm2(x))))


class Gpt(nn.Module):
    def __init__(self, vocabulary, length, width, blocks, heads, **_):
        super().__init__()
        self.table, self.places = nn.Embedding(vocabulary, width), nn.Embedding(length, width)
        self.blocks = nn.ModuleList(Block(width, heads) for _ in range(blocks))
        self.norm = nn.LayerNorm(width)

    def forward(self, ids):
        x = self.table(ids) + self.places.weight
        for block in self.blocks:
            x = block(x)
        return F.linear(self.norm(x), self.table.weight)


class Recurrent(nn.Module):
    def __init__(self, kind, vocabulary, width, units, classes, **_):
        super().__init__()
        self.table = nn.Embedding(vocabulary, width)
        self.cell = {"gru": nn.GRU, "lstm": nn.LSTM}[kind](width, units, batch_first=True)
        self.head = nn.Linear(units, classes)

    def forward(self, ids):
        y, _ = self.cell(self.table(ids))
        return self.head(y[:, -1])


def convolutional(count, **_):
    layers, channels = [], 1
    for i in range(count):
        layers += [nn.Conv2d(channels, 16 * (i + 1), 3, padding=1), nn.ReLU(), nn.MaxPool2d(2)]
        channels = 16 * (i + 1)
    return nn.Sequential(*layers, nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(channels, 10))


def prepare(model):
    torch.manual_seed(0)
    kind = model["kind"]
    if kind == "gpt":
        shape = (model["batch"], model["length"])
        x, y = torch.randint(model["vocabulary"], shape), torch.randint(model["vocabulary"], shape)
        net = Gpt(**model)
    elif kind == "conv":
        x, y, net = torch.randn(model["batch"], 1, 28, 28), torch.randint(10, (model["batch"],)), convolutional(**model)
    else:
        x = torch.randint(model["vocabulary"], (model["batch"], model["length"]))
        y, net = torch.randint(model["classes"], (model["batch"],)), Recurrent(**model)
    try:
        optimizer = torch.optim.AdamW(net.parameters(), lr=1e-3, weight_decay=0.01, fused=True)
    except (TypeError, RuntimeError):
        optimizer = torch.optim.AdamW(net.parameters(), lr=1e-3, weight_decay=0.01)

    def step():
        optimizer.zero_grad()
        logits = net(x)
        loss = F.cross_entropy(logits.reshape(-1, logits.shape[-1]), y.reshape(-1))
        loss.backward()
        optimizer.step()
        return loss.item()

    return step


step = None
for line in sys.stdin:
    request = json.loads(line)
    if "model" in request:
        torch.set_num_threads(request["threads"])
        step = prepare(request["model"])
        for _ in range(3):
            step()
        answer = {"ready": torch.__version__}
    else:
        times = []
        for _ in range(request["steps"]):
            began = time.perf_counter()
            step()
            times.append((time.perf_counter() - began) * 1000)
        answer = {"ms": times, "peakBytes": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024}
    print(json.dumps(answer), flush=True)
