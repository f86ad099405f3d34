%% @doc Debug information of compiled Beamtalk modules, for Dialyzer: a module that was compiled with
%% `{debug_info, {beamtalk_debug_info, Core}}' carries its Core Erlang, specs included. There is no
%% abstract code: Beamtalk compiles to Core Erlang directly.
-module(beamtalk_debug_info).

-export([debug_info/4]).

-spec debug_info(atom(), module(), tuple(), [term()]) -> {ok, tuple()} | {error, atom()}.
debug_info(core_v1, _Module, Core, _Options) -> {ok, Core};
debug_info(_Format, _Module, _Core, _Options) -> {error, unknown_format}.
