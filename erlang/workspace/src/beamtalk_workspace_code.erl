%% @doc The object code of what was loaded into this node and of what that took the place of: kept, made
%% current again, and purged when nothing uses it any more. The table is the loader's; it is read and
%% written in any process.
-module(beamtalk_workspace_code).

-export([new/0, keep/2, all/0, modules/0, object_code/1, unload/1]).
-export([previous/1, undo/1]).
-export([make_room/2, purge_unused/1]).

-export_type([undo/0]).

%% What to make current again: file and code, or nothing where the module was not loaded.
-type undo() :: [{module(), {file:filename_all(), binary()} | absent | unknown}].

-define(TABLE, ?MODULE).
%% How long a module of which two versions are in use is waited for.
-define(PURGE_LIMIT, 1000).
-define(PURGE_PAUSE, 20).

%%% What is kept

%% @doc Makes the table; it belongs to the caller.
-spec new() -> ok.
new() ->
    ?TABLE = ets:new(?TABLE, [named_table, public, set]),
    ok.

%% @doc Keeps new code for a later return to it, and the one before for the blocks that it made.
-spec keep([#{module := module(), file := unicode:chardata(), beam := binary(), _ => _}], undo()) -> ok.
keep(Modules, Undo) ->
    true = ets:insert(?TABLE, [{{before, Module}, Beam, blocks_before(Module)} || {Module, {_, Beam}} <- Undo]),
    true = ets:insert(?TABLE, [{Module, unicode:characters_to_list(File), Beam, beamtalk_workspace_blocks:count(Beam)}
                               || #{module := Module, file := File, beam := Beam} <- Modules]),
    ok.

blocks_before(Module) ->
    case ets:lookup(?TABLE, Module) of
        [{_, _, _, Blocks}] -> Blocks;
        [] -> unknown
    end.

%% @doc The kept modules with their files and object code.
-spec all() -> [{module(), file:filename(), binary()}].
all() ->
    [{Module, File, Beam} || {Module, File, Beam, _} <- ets:tab2list(?TABLE)].

-spec modules() -> [module()].
modules() ->
    [Module || {Module, _, _} <- all()].

%% @doc File and object code of a loaded module, where they are known.
-spec object_code(module()) -> {ok, file:filename_all(), binary()} | error.
object_code(Module) ->
    case ets:lookup(?TABLE, Module) of
        [{_, File, Beam, _}] -> {ok, File, Beam};
        [] ->
            case code:get_object_code(Module) of
                {_, Beam, File} -> {ok, File, Beam};
                error -> error
            end
    end.

%% @doc Takes modules out of the node, and keeps their code no longer. Code of theirs that runs goes on.
-spec unload([module()]) -> ok.
unload(Modules) ->
    lists:foreach(fun(Module) -> ets:delete(?TABLE, Module), take_out(Module) end, Modules).

take_out(Module) ->
    _ = code:soft_purge(Module),
    _ = code:delete(Module),
    code:soft_purge(Module).

%%% The way back

%% @doc What is current now, for {@link undo/1}.
-spec previous([module()]) -> undo().
previous(Modules) ->
    [{Module, current(Module)} || Module <- Modules].

current(Module) ->
    case erlang:module_loaded(Module) of
        false -> absent;
        true -> with_md5(Module:module_info(md5), object_code(Module))
    end.

with_md5(Md5, {ok, File, Beam}) ->
    case code:module_md5(Beam) of
        Md5 -> {File, Beam};
        _ -> unknown
    end;
with_md5(_Md5, error) ->
    unknown.

%% @doc Makes the code before a load current again.
-spec undo(undo()) -> ok | {error, map()}.
undo([]) ->
    ok;
undo(Undo) ->
    Changed = [Each || {Module, Previous} = Each <- Undo, not as_before(Module, Previous)],
    Modules = [Module || {Module, _} <- Changed],
    %% Code that is put back takes up its blocks again: they need not be looked for.
    case {purge(Modules, fun code:soft_purge/1), [Module || {Module, unknown} <- Changed]} of
        {ok, []} ->
            New = [Module || {Module, absent} <- Changed],
            beamtalk_registry:unregister(New),
            lists:foreach(fun take_out/1, New),
            restore([{Module, File, Beam} || {Module, {File, Beam}} <- Changed]);
        {ok, Unknown} -> {error, beamtalk_workspace_problem:not_restored(Unknown)};
        {{error, _}, _} ->
            Used = [Module || Module <- Modules, erlang:check_old_code(Module)],
            {error, beamtalk_workspace_problem:not_restored(Used)}
    end.

as_before(Module, absent) -> not erlang:module_loaded(Module);
as_before(Module, {_, Beam}) ->
    erlang:module_loaded(Module) andalso Module:module_info(md5) =:= code:module_md5(Beam);
as_before(_Module, unknown) -> false.

restore(Parts) ->
    case code:prepare_loading(Parts) of
        {ok, Prepared} ->
            ok = code:finish_loading(Prepared),
            Modules = [Module || {Module, _, _} <- Parts],
            lists:foreach(fun code:soft_purge/1, Modules),
            registered(beamtalk_registry:register(Modules));
        {error, Reasons} -> {error, beamtalk_workspace_problem:not_restored([Module || {Module, _} <- Reasons])}
    end.

registered(ok) -> ok;
registered({error, Exception}) -> {error, beamtalk_workspace_problem:refused(Exception)}.

%%% Old code

%% @doc Purges what is older than the current code, of which there can be one version only. Processes
%% that run old code are never ended; blocks of it that are kept are given up only where that is forced,
%% or where the system cannot tell whether there are any.
-spec make_room([module()], Force :: boolean()) -> ok | {error, map()}.
make_room(Modules, Force) ->
    Purge = purge_test(Force),
    case unpurged(Modules, Purge) of
        [] -> ok;
        Used ->
            %% Blocks that are garbage count until they are collected.
            lists:foreach(fun erlang:garbage_collect/1, processes()),
            purge(Used, Purge)
    end.

purge_test(true) -> fun code:soft_purge/1;
purge_test(false) ->
    case beamtalk_workspace_blocks:are_counted() of
        true -> fun is_purged/1;
        false -> fun is_purged_without_timers/1
    end.

%% @doc Purges the old code that nothing uses.
-spec purge_unused([module()]) -> ok.
purge_unused(Modules) ->
    _ = unpurged(Modules, fun is_purged/1),
    ok.

unpurged(Modules, Purge) ->
    [Module || Module <- Modules, not Purge(Module)].

is_purged(Module) ->
    (not erlang:check_old_code(Module)) orelse
        ((not are_blocks_kept(Module)) andalso code:soft_purge(Module)).

is_purged_without_timers(Module) ->
    (not erlang:check_old_code(Module)) orelse
        (beamtalk_timer:of_old_code([Module]) =:= [] andalso code:soft_purge(Module)).

are_blocks_kept(Module) ->
    case ets:lookup(?TABLE, {before, Module}) of
        [{_, Beam, Blocks}] -> beamtalk_workspace_blocks:are_kept(Beam, Blocks);
        [] -> false
    end.

purge(Modules, Purge) ->
    purge(Modules, Purge, erlang:monotonic_time(millisecond) + ?PURGE_LIMIT).

purge(Modules, Purge, Deadline) ->
    case unpurged(Modules, Purge) of
        [] -> ok;
        Used ->
            case erlang:monotonic_time(millisecond) < Deadline of
                true -> timer:sleep(?PURGE_PAUSE), purge(Used, Purge, Deadline);
                false -> {error, beamtalk_workspace_problem:old_code_in_use(Used)}
            end
    end.
