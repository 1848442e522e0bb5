"""Model files of landmarkd, read into and written from the twin."""
import torch
from safetensors import safe_open
from safetensors.torch import save_file

import twin


def read(path):
    """The cascade of a model file, on the processor, and the file's metadata."""
    with safe_open(path, "pt") as file:
        metadata = file.metadata()
        cascade = twin.Cascade(twin.Configuration.read(metadata))
        with torch.no_grad():
            for name, parameter, from_ours, _ in cascade.parameters_by_name():
                parameter.copy_(from_ours(file.get_tensor(name)))
            for name, row in cascade.statistics_by_name():
                row.copy_(file.get_tensor(name))
    return cascade, metadata


def write(path, cascade, notes, half=True):
    """Weights as 16-bit floats (or 32), with the configuration and `notes` (strings) as metadata."""
    kind = torch.float16 if half else torch.float32

    def stored(tensor):
        return tensor.detach().float().cpu().contiguous().to(kind)

    tensors = {name: stored(to_ours(parameter)) for name, parameter, _, to_ours in cascade.parameters_by_name()}
    tensors.update((name, stored(row)) for name, row in cascade.statistics_by_name())
    metadata = {**notes, **cascade.configuration.metadata(), "scheme": "ibug68", "format": "landmarkd/1", "task": "landmarks"}
    save_file(tensors, path, metadata)
