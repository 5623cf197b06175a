"""A prompt that a user may choose: an answer from the graph, with its evidence."""

from typing import Any, Final

from mcp import MCPError
from mcp_types import (
    INVALID_PARAMS,
    GetPromptRequestParams,
    GetPromptResult,
    ListPromptsResult,
    Prompt,
    PromptArgument,
    PromptMessage,
    TextContent,
)

from xingtu.server.mcp.texts import read_text

_PROMPT: Final = Prompt(
    name="answer_with_evidence",
    title="Answer from the graph, with evidence",
    description="Answers a question about China's space sector from the graph, with sources.",
    arguments=[PromptArgument(name="question", description="What to find out.", required=True)],
)


def handlers() -> dict[str, Any]:
    """Give the handlers of requests about prompts, for `Server`."""

    async def list_prompts(_context: object, _params: object) -> ListPromptsResult:
        return ListPromptsResult(prompts=[_PROMPT])

    async def get_prompt(_context: object, params: GetPromptRequestParams) -> GetPromptResult:
        question = (params.arguments or {}).get("question", "").strip()
        if params.name != _PROMPT.name or not question:
            raise MCPError(INVALID_PARAMS, f"there is {_PROMPT.name}, with the argument `question`")
        content = TextContent(text=read_text("answer").format(question=question))
        return GetPromptResult(messages=[PromptMessage(role="user", content=content)])

    return {"on_list_prompts": list_prompts, "on_get_prompt": get_prompt}
