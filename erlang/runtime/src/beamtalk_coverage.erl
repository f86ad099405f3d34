%% @doc Counts how often lines are reached. Code that is compiled for it calls `hit/2' before each
%% statement, from any process, and lists its lines in `'$coverage'()'. The counters of a module are
%% made when it is prepared, or at its first line; anew when a newer version of it has more lines.
-module(beamtalk_coverage).

-export([hit/2, prepare/1, take/1, all/0]).

-define(KEY(Module), {?MODULE, Module}).

%% @doc Counts one line.
-spec hit(module(), pos_integer()) -> ok.
hit(Module, Line) ->
    case persistent_term:get(?KEY(Module), none) of
        none -> add_first(Module, Line);
        Counters ->
            try counters:add(Counters, Line, 1)
            catch error:badarg -> add_first(Module, Line)
            end
    end.

add_first(Module, Line) ->
    _ = prepared(Module, [Line | Module:'$coverage'()]),
    counters:add(persistent_term:get(?KEY(Module)), Line, 1).

%% @doc Makes the counters of those modules that count, and answers their lines with zeros.
-spec prepare([module()]) -> [{module(), [{pos_integer(), 0}]}].
prepare(Modules) ->
    [prepared(M, M:'$coverage'()) || M <- Modules, erlang:function_exported(M, '$coverage', 0)].

prepared(Module, Lines) ->
    Size = lists:max([1 | Lines]),
    persistent_term:put(?KEY(Module), counters:new(Size, [write_concurrency])),
    {Module, [{Line, 0} || Line <- Lines]}.

%% @doc All lines of all loaded modules that count, with how often each was reached.
-spec all() -> [{module(), [{pos_integer(), non_neg_integer()}]}].
all() ->
    [{Module, [{Line, count(Module, Line)} || Line <- Module:'$coverage'()]}
     || {Module, _} <- code:all_loaded(), erlang:function_exported(Module, '$coverage', 0)].

count(Module, Line) ->
    case persistent_term:get(?KEY(Module), none) of
        none -> 0;
        Counters ->
            try counters:get(Counters, Line)
            catch error:badarg -> 0
            end
    end.

%% @doc What was counted since the last time, only lines that were reached.
-spec take([module()]) -> [{module(), [{pos_integer(), pos_integer()}]}].
take(Modules) ->
    [
        {Module, Reached}
     || Module <- Modules,
        Counters <- [persistent_term:get(?KEY(Module), none)],
        Counters =/= none,
        Reached <- [taken(Counters, Module:'$coverage'())],
        Reached =/= []
    ].

taken(Counters, Lines) ->
    lists:flatmap(
        fun(Line) ->
            case counters:get(Counters, Line) of
                0 ->
                    [];
                Count ->
                    counters:sub(Counters, Line, Count),
                    [{Line, Count}]
            end
        end,
        Lines
    ).
