%% @doc Which loads this node has taken part in, and when each module was loaded last. A load has an
%% identity that is the same on every node, so one that several others send on is carried out once,
%% and an earlier one never over a later one. A table of the loader's; read in any process.
-module(beamtalk_workspace_loads).

-export([new/0, new_id/0, staged/2, ended/1, loaded/3, taken_out/3, known_before/2, status/1]).
-export([is_later/2, bases/1, is_apart/2, is_dated/1, is_taken_out/1]).

-export_type([id/0]).

-type id() :: binary().

-define(TABLE, ?MODULE).
-define(KEPT, 10000).

%% @doc Makes the table; it belongs to the caller.
-spec new() -> ok.
new() ->
    ?TABLE = ets:new(?TABLE, [named_table, public, set]),
    ok.

%% @doc An identity that no other load has.
-spec new_id() -> id().
new_id() ->
    iolist_to_binary(ref_to_list(make_ref()) ++ integer_to_list(erlang:system_time()) ++ atom_to_list(node())).

%% @doc A process has staged a load and waits for its end.
-spec staged(id(), pid()) -> ok.
staged(Id, Pid) ->
    true = ets:insert(?TABLE, {{load, Id}, {staged, Pid}}),
    ok.

%% @doc A staged load ended; where it counts, `loaded/3' has said so before.
-spec ended(id()) -> ok.
ended(Id) ->
    case status(Id) of
        loaded -> ok;
        _ -> ets:delete(?TABLE, {load, Id}), ok
    end.

%% @doc A load counts. Its time is when it was begun first, on whichever node.
-spec loaded(id(), integer(), [module()]) -> ok.
loaded(Id, Time, Modules) ->
    ets:info(?TABLE, size) > 2 * ?KEPT andalso forget_half(),
    true = ets:insert(?TABLE, [{{load, Id}, Time} | [{{module, Module}, Time} || Module <- Modules]]),
    lists:foreach(fun(Module) -> ets:delete(?TABLE, {taken_out, Module}) end, Modules).

%% @doc The removal of modules counts.
-spec taken_out(id(), integer(), [module()]) -> ok.
taken_out(Id, Time, Modules) ->
    ok = loaded(Id, Time, Modules),
    true = ets:insert(?TABLE, [{{taken_out, Module}, true} || Module <- Modules]),
    ok.

forget_half() ->
    Times = lists:sort(ets:select(?TABLE, [{{{load, '_'}, '$1'}, [{is_integer, '$1'}], ['$1']}])),
    Middle = lists:nth(length(Times) div 2 + 1, Times),
    ets:select_delete(?TABLE, [{{{load, '_'}, '$1'}, [{is_integer, '$1'}, {'<', '$1', Middle}], [true]}]).

%% @doc What this node did before it started again: modules that were loaded, or taken out, at that time.
-spec known_before(beamtalk_workspace_missed:load(), [module()]) -> ok.
known_before(#{time := Time} = Load, Modules) ->
    true = ets:insert(?TABLE, [{{before, Module}, Time} || Module <- Modules]),
    Gone = maps:get(unloaded, Load, maps:get(gone, Load, [])),
    lists:foreach(fun(Module) ->
        case lists:member(Module, Gone) of
            true -> ets:insert(?TABLE, {{taken_out, Module}, true});
            false -> ets:delete(?TABLE, {taken_out, Module})
        end
    end, Modules).

%% @doc Whether a load counts here, waits for its end, or is not known.
-spec status(id()) -> loaded | staged | unknown.
status(Id) ->
    case ets:lookup(?TABLE, {load, Id}) of
        [{_, {staged, Pid}}] ->
            case is_process_alive(Pid) of
                true -> staged;
                false -> unknown
            end;
        [{_, _Time}] -> loaded;
        [] -> unknown
    end.

%% @doc Whether a module was loaded after that time, also before this node started again.
-spec is_later(module(), integer()) -> boolean().
is_later(Module, Time) ->
    [Last || Key <- [{module, Module}, {before, Module}], {_, Last} <- ets:lookup(?TABLE, Key), Last > Time] =/= [].

%% @doc When each of the modules was loaded last, where that is known: what a load builds on.
-spec bases([module()]) -> #{module() => integer()}.
bases(Modules) ->
    maps:from_list([{Module, Last} || Module <- Modules, Last <- [last(Module)], Last =/= none]).

%% @doc Whether a load of one of the modules was built on another one than the last here, or on one that
%% is not known.
-spec is_apart([module()], #{module() => integer()}) -> boolean().
is_apart(Modules, Bases) ->
    lists:any(fun(Module) -> not lists:member(last(Module), [none, maps:get(Module, Bases, unknown)]) end, Modules).

last(Module) ->
    case [Time || Key <- [{module, Module}, {before, Module}], {_, Time} <- ets:lookup(?TABLE, Key)] of
        [] -> none;
        Times -> lists:max(Times)
    end.

%% @doc Whether a load of known time has brought the module since this node started.
-spec is_dated(module()) -> boolean().
is_dated(Module) ->
    ets:member(?TABLE, {module, Module}).

%% @doc Whether the module was taken out on purpose, and not loaded since.
-spec is_taken_out(module()) -> boolean().
is_taken_out(Module) ->
    ets:member(?TABLE, {taken_out, Module}).
