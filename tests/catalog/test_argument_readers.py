"""The readers of the engines' sources: from excerpts of them come the rows that the tables have."""

from __future__ import annotations

import pytest
import yaml

from fourways.catalog.engine_arguments.tables import Flag, table
from tests.engine_arguments import __main__ as command
from tests.engine_arguments import sglang, vllm
from tests.engine_arguments.rows import written
from tests.engine_arguments.sources import Sources, Unknown

#: Excerpts of vLLM 0.20.0: what stands between has been left out.
VLLM = {
    "vllm/entrypoints/openai/cli_args.py": '''
from vllm.config import config
from vllm.engine.arg_utils import AsyncEngineArgs, optional_type

@config
class BaseFrontendArgs:
    default_chat_template_kwargs: dict[str, Any] | None = None
    tool_call_parser: str | None = None

    @classmethod
    def _customize_cli_kwargs(cls, frontend_kwargs):
        frontend_kwargs["default_chat_template_kwargs"]["type"] = json.loads
        valid_tool_parsers = list(ToolParserManager.list_registered())
        return frontend_kwargs

    @classmethod
    def add_cli_args(cls, parser):
        from vllm.engine.arg_utils import get_kwargs
        frontend_kwargs = get_kwargs(cls)
        for key, value in frontend_kwargs.items():
            extra_flags = value.pop("flags", [])
            frontend_group.add_argument(*extra_flags, f"--{key.replace('_', '-')}", **value)
        return parser

@config
class FrontendArgs(BaseFrontendArgs):
    uvicorn_log_level: Literal["critical", "error", "warning", "info", "debug", "trace"] = "info"
    allowed_origins: list[str] = field(default_factory=lambda: ["*"])
    enable_log_deltas_not_in_the_table: bool = True

    @classmethod
    def _customize_cli_kwargs(cls, frontend_kwargs):
        frontend_kwargs = super()._customize_cli_kwargs(frontend_kwargs)
        frontend_kwargs["allowed_origins"]["type"] = json.loads
        del frontend_kwargs["allowed_origins"]["nargs"]
        return frontend_kwargs

def make_arg_parser(parser):
    parser.add_argument("model_tag", type=str, nargs="?", help="The model tag to serve")
    parser.add_argument("--headless", action="store_true", default=False, help="Run in headless mode.")
    parser.add_argument("--api-server-count", "-asc", type=int, default=None)
    return parser
''',
    "vllm/engine/arg_utils.py": '''
from vllm.config import CacheConfig, ModelConfig, ObservabilityConfig, VllmConfig
from vllm.config.observability import DetailedTraceModules

class EngineArgs:
    @staticmethod
    def add_cli_args(parser):
        model_kwargs = get_kwargs(ModelConfig)
        model_group = parser.add_argument_group(title="ModelConfig")
        if not ("serve" in sys.argv[1:] and "--help" in sys.argv[1:]):
            model_group.add_argument("--model", **model_kwargs["model"])
        model_group.add_argument("--max-model-len", **model_kwargs["max_model_len"])
        model_group.add_argument("--quantization", "-q", **model_kwargs["quantization"])
        model_group.add_argument("--hf-token", type=str, nargs="?", const=True, default=model_kwargs["hf_token"]["default"])
        cache_kwargs = get_kwargs(CacheConfig)
        cache_group.add_argument("--kv-cache-dtype", **cache_kwargs["cache_dtype"])
        cache_group.add_argument("--gpu-memory-utilization", **cache_kwargs["gpu_memory_utilization"])
        cache_group.add_argument("--enable-prefix-caching", **{**cache_kwargs["enable_prefix_caching"], "default": None})
        observability_kwargs = get_kwargs(ObservabilityConfig)
        choices = observability_kwargs["collect_detailed_traces"]["choices"]
        observability_kwargs["collect_detailed_traces"]["choices"] += [
            ",".join(p) for p in permutations(get_args(DetailedTraceModules), r=2)
        ]
        observability_group.add_argument("--collect-detailed-traces", **observability_kwargs["collect_detailed_traces"])
        vllm_kwargs = get_kwargs(VllmConfig)
        vllm_group.add_argument("--compilation-config", "-cc", **vllm_kwargs["compilation_config"])
        vllm_group.add_argument("--not-in-the-table", **vllm_kwargs["not_in_the_table"])
        vllm_kwargs["speculative_config"]["type"] = optional_type(json.loads)
        vllm_group.add_argument("--speculative-config", "-sc", **vllm_kwargs["speculative_config"])
        moe_backend_kwargs = vllm_kwargs["moe_backend"]
        moe_backend_kwargs["type"] = lambda s: s.lower().replace("-", "_")
        kernel_group.add_argument("--moe-backend", **moe_backend_kwargs)
        return parser

class AsyncEngineArgs(EngineArgs):
    enable_log_requests: bool = False

    @staticmethod
    def add_cli_args(parser, async_args_only=False):
        if not async_args_only:
            parser = EngineArgs.add_cli_args(parser)
        parser.add_argument("--enable-log-requests", action=argparse.BooleanOptionalAction, default=AsyncEngineArgs.enable_log_requests)
        return parser
''',
    "vllm/config/__init__.py": '''
from vllm.config.cache import CacheConfig
from .model import ModelConfig
from vllm.config.observability import ObservabilityConfig
from vllm.config.vllm import VllmConfig
''',
    "vllm/config/cache.py": '''
CacheDType = Literal["auto", "float16", "bfloat16", "fp8", "fp8_e4m3", "fp8_e5m2", "fp8_inc", "fp8_ds_mla", "turboquant_k8v4",
    "turboquant_4bit_nc", "turboquant_k3v4_nc", "turboquant_3bit_nc", "int8_per_token_head", "fp8_per_token_head", "nvfp4"]

@config
class CacheConfig:
    gpu_memory_utilization: float = Field(default=0.92, gt=0, le=1)
    cache_dtype: CacheDType = "auto"
    enable_prefix_caching: bool = True
''',
    "vllm/config/model.py": '''
if TYPE_CHECKING:
    from vllm.model_executor.layers.quantization import QuantizationMethods
else:
    QuantizationMethods = Any

@config(config=ConfigDict(arbitrary_types_allowed=True))
class ModelConfig:
    model: str = "Qwen/Qwen3-0.6B"
    max_model_len: int = Field(default=None, ge=-1)
    quantization: QuantizationMethods | str | None = None
    hf_token: bool | str | None = None
''',
    "vllm/config/observability.py": '''
DetailedTraceModules = Literal["model", "worker", "all"]

@config
class ObservabilityConfig:
    collect_detailed_traces: list[DetailedTraceModules] | None = None
''',
    "vllm/config/compilation.py": '''
@config
class CompilationConfig:
    level: int = 3
''',
    "vllm/config/vllm.py": '''
from .compilation import CompilationConfig
from vllm.config.cache import CacheDType
if TYPE_CHECKING:
    Loose = CacheDType
else:
    Loose = Any

@config
class VllmConfig:
    speculative_config: SpeculativeConfig | None = None
    compilation_config: CompilationConfig = Field(default_factory=CompilationConfig)
    not_in_the_table: Loose = "auto"
    moe_backend: Literal["auto", "triton", "deep_gemm", "deep_gemm_mega_moe", "cutlass", "flashinfer_trtllm", "flashinfer_cutlass",
        "flashinfer_cutedsl", "marlin", "aiter", "emulation"] = "auto"
''',
    "vllm/model_executor/layers/quantization/__init__.py": '''
QuantizationMethods = Literal["awq", "fp8", "not_in_the_table"]
''',
    "vllm/tool_parsers/__init__.py": '_TOOL_PARSERS_TO_REGISTER = {"deepseek_v3": ("file", "Class"), "mine": ("file", "Class")}',
    "vllm/reasoning/__init__.py": "_REASONING_PARSERS_TO_REGISTER = {}",
}  # fmt: skip

#: The same of SGLang 0.5.17.
SGLANG = {
    "sglang/srt/server_args.py": '''
from sglang.srt.arg_groups.arg_utils import NS, A, Arg, add_cli_args_from_dataclass
from sglang.srt.utils.common import LORA_TARGET_ALL_MODULES
from sglang.srt.function_call.function_call_parser import FunctionCallParser
from sglang.srt.model_executor.cuda_graph_config import Backend

SAMPLING_BACKEND_CHOICES = {"flashinfer", "pytorch", "ascend"}
LINEAR_ATTN_KERNEL_BACKEND_CHOICES = ["triton", "cutedsl", "flashinfer", "flashkda", "nvidia_kda", "ptx_kda"]

@dataclasses.dataclass
class ServerArgs:
    model_path: A[str, Arg(help="The path of the model weights.", aliases=["--model"]), NS("model")]
    tokenizer_path: A[Optional[str], "The path of the tokenizer.", NS("model")] = None
    trust_remote_code: A[bool, "Whether or not to allow for custom models.", NS("model")] = False
    tp_size: A[int, Arg(help="The tensor parallelism size.", aliases=["--tensor-parallel-size"]), NS("parallel")] = 1
    mem_fraction_static: A[Optional[float], Arg(help="The fraction of the memory used.", resolvable=True), NS("memory")] = None
    cuda_graph_backend_prefill: A[Optional[str], Arg(help="Backend of the prefill phase.", choices=Backend.ALL)] = None
    cuda_graph_bs_decode: A[Optional[List[int]], "Batch sizes."] = None
    lora_paths: A[Optional[Union[dict, List[str]]],
        Arg(help="x", nargs="*", action=LoRAPathAction, action_kwargs={"type": str, "nargs": "*"})] = None
    linear_attn_verify_backend: A[Optional[str], Arg(help="x", choices=LINEAR_ATTN_KERNEL_BACKEND_CHOICES + ["nv_cutedsl"])] = None
    fp8_gemm_runner_backend: A[Literal["auto", "not_in_the_table"], Arg(cli_name="--fp8-gemm-backend")] = "auto"
    stat_loggers: A[Any, Arg(no_cli=True)] = None
    forward_hooks: A[Optional[List[dict[str, Any]]], Arg(help="x", type_parser=json_list_type)] = None
    no_argument: int = 3

    @staticmethod
    def add_cli_args(parser):
        add_cli_args_from_dataclass(parser, ServerArgs)
        tool_call_parser_choices = list(FunctionCallParser.ToolCallParserEnum.keys())
        parser.add_argument("--tool-call-parser", type=str, choices=["auto"] + tool_call_parser_choices)
        parser.add_argument("--disable-cuda-graph", action=DeprecatedStoreTrueAction,
            new_flag="--cuda-graph-backend-{decode,prefill}=disabled")
        parser.add_argument("--prefill-round-robin-balance", action=DeprecatedAction, help="Note: deprecated now.")
        parser.add_argument("--cuda-graph-bs", type=int, nargs="+", action=DeprecatedAliasStoreAction, new_flag="--cuda-graph-bs-decode")
''',
    "sglang/srt/function_call/function_call_parser.py": '''
class FunctionCallParser:
    ToolCallParserEnum: Dict[str, Type[BaseFormatDetector]] = {"deepseekv4": DeepSeekV4Detector, "not_in_the_table": Detector}
''',
    "sglang/srt/model_executor/cuda_graph_config.py": '''
class Backend:
    FULL = "full"
    BREAKABLE = "breakable"
    TC_PIECEWISE = "tc_piecewise"
    DISABLED = "disabled"
    ALL = (FULL, BREAKABLE, TC_PIECEWISE, DISABLED)
''',
}  # fmt: skip

OF_VLLM = {flag.flag: flag for flag in vllm.flags(Sources(VLLM.get))}
OF_SGLANG = {flag.flag: flag for flag in sglang.flags(Sources(SGLANG.get))}
#: Cut in the excerpts above, or made up.
NOT_WHOLE = {
    "--quantization", "--tool-call-parser", "--fp8-gemm-backend", "--enable-log-deltas-not-in-the-table", "--not-in-the-table",
}  # fmt: skip


@pytest.mark.parametrize(
    ("excerpt", "whole"), [(OF_VLLM, table("vllm", "0.20.0")), (OF_SGLANG, table("sglang", "0.5.17"))], ids=["vllm", "sglang"]
)
def test_an_excerpt_gives_the_rows_of_the_table(excerpt: dict[str, Flag], whole: object) -> None:
    rows = {flag.flag: flag for flag in whole.flags}  # type: ignore[attr-defined]
    assert len(excerpt) > 10
    assert {name: written(flag) for name, flag in excerpt.items() if name not in NOT_WHOLE} == {
        name: written(rows[name]) for name in excerpt if name not in NOT_WHOLE
    }


def test_choices_that_are_checked_after_the_parser_are_in_the_row() -> None:
    assert OF_VLLM["--quantization"].choices == ("awq", "fp8", "not_in_the_table")
    assert (OF_VLLM["--tool-call-parser"].choices, OF_VLLM["--tool-call-parser"].unless) == (
        ("deepseek_v3", "mine"),
        "--tool-parser-plugin",
    )
    assert OF_SGLANG["--tool-call-parser"].choices == ("auto", "deepseekv4", "not_in_the_table")


def test_what_is_imported_for_a_type_checker_alone_is_not_there_when_the_parser_is_made() -> None:
    assert written(OF_VLLM["--not-in-the-table"]) == {"default": "auto"}


def test_fields_without_an_argument_have_no_row() -> None:
    assert {"--stat-loggers", "--no-argument", "model_tag"}.isdisjoint(OF_SGLANG | OF_VLLM)
    assert OF_SGLANG["--fp8-gemm-backend"].choices == ("auto", "not_in_the_table")


@pytest.mark.parametrize("spoiled", ["type=some_function", "action=SomeAction", "choices=some_function()"])
def test_what_the_reader_does_not_know_is_no_row_of_a_guess(spoiled: str) -> None:
    """A later version that writes its arguments in another way is found when its table is made."""
    path = "sglang/srt/server_args.py"
    source = SGLANG[path].replace('type=int, nargs="+", action=DeprecatedAliasStoreAction', spoiled)
    assert source != SGLANG[path]
    with pytest.raises(Unknown):
        sglang.flags(Sources((SGLANG | {path: source}).get))


def test_a_written_row_is_read_again() -> None:
    for flag in (*OF_VLLM.values(), *table("sglang", "0.5.17").flags):
        assert Flag.model_validate({"flag": flag.flag, **yaml.safe_load(command.flow(written(flag)))}) == flag
