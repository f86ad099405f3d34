%% @doc What can go wrong with a load, in words: what happened, to whom, and a way out. Pure but for
%% looking for what uses old code.
-module(beamtalk_workspace_problem).

-export([not_loadable/1, refused/1, busy/3, migration_busy/2, migration_failed/2, old_code_in_use/1]).
-export([not_restored/1, not_recorded/1, stale/1, problem/3]).

-export_type([problem/0]).

-type problem() :: #{kind := atom(), message := binary(), hint := binary() | nil, actors => [binary()],
                     revision => non_neg_integer()}.

%% @doc The node does not take the code.
-spec not_loadable([{module(), term()}]) -> problem().
not_loadable(Reasons) ->
    Words = [io_lib:format("~ts (~ts)", [Module, reason(Reason)]) || {Module, Reason} <- Reasons],
    problem(not_loadable, text("the node does not take ~ts", [lists:join(", ", Words)]),
            <<"build again with the toolchain of this node's Erlang release, and load once more">>).

reason(badfile) -> "the code is damaged or made for another Erlang release";
reason(on_load_not_allowed) -> "a module with -on_load cannot be part of a load";
reason(sticky_directory) -> "a module of Erlang itself has that name";
reason(not_purged) -> "an older version is still in use";
reason(Other) -> io_lib:format("~tp", [Other]).

%% @doc The registry does not take the classes.
-spec refused(map()) -> problem().
refused(#{message := Message} = Exception) ->
    problem(refused, Message, maps:get(hint, Exception, nil)).

%% @doc Actors did not end what they were doing.
-spec busy([pid()], beamtalk_workspace_change:plan(), pos_integer()) -> problem().
busy(Pids, Plan, Limit) ->
    Printed = printed(Pids, Plan),
    (problem(actors_busy,
             text("nothing was loaded: the data of the class changed, and ~ts did not end what they "
                  "were doing within ~b seconds", [lists:join(", ", Printed), Limit div 1000]),
             <<"load again when they are idle, or stop them first">>))#{actors => Printed}.

%% @doc Actors did not end their migration.
-spec migration_busy([pid()], beamtalk_workspace_change:plan()) -> problem().
migration_busy(Pids, Plan) ->
    Printed = printed(Pids, Plan),
    (problem(migration_failed,
             text("nothing was loaded: ~ts did not end their migration in time", [lists:join(", ", Printed)]),
             nil))#{actors => Printed}.

%% @doc The migration of some actors failed.
-spec migration_failed([{pid(), {atom(), term(), list()}}], beamtalk_workspace_change:plan()) -> problem().
migration_failed([{_, {Class, Reason, Stack}} | _] = Failed, #{metas := Metas} = Plan) ->
    [First | _] = Printed = printed([Each || {Each, _} <- Failed], Plan),
    More = case length(Failed) of
        1 -> "";
        Count -> io_lib:format(" (and of ~b more)", [Count - 1])
    end,
    (problem(migration_failed,
             text("nothing was loaded: the migration of ~ts~ts failed: ~ts",
                  [First, More, failure(Class, Reason, Stack, maps:values(Metas))]),
             <<"every actor kept its code and state; mend the patch or the default and load again">>))
        #{actors => Printed}.

failure(error, {field_without_value, Name}, _, Metas) ->
    io_lib:format("the field '~ts' has no default and the patch does not set it~ts",
                  [Name, beamtalk_workspace_layout:place(Name, Metas)]);
failure(error, {value_does_not_fit, Name, Type, Value}, _, Metas) ->
    io_lib:format("the field '~ts' is now ~ts, and ~ts is none; convert it in a patch~ts",
                  [Name, Type, printed_value(Value), beamtalk_workspace_layout:place(Name, Metas)]);
failure(error, {patch_timeout, Limit}, _, _) ->
    io_lib:format("the patch did not end within ~b seconds", [Limit div 1000]);
failure(Class, Reason, Stack, _) ->
    #{message := Message} = Exception = beamtalk_exception:from(Class, Reason, Stack),
    [Message, raised_at(beamtalk_exception:stackTrace(Exception))].

%% The line of the migration, or of the default; not one of a method that it uses.
raised_at(Frames) ->
    Known = [Frame || #{line := Line, file := File} = Frame <- Frames, Line =/= nil, File =/= nil],
    Patches = [Frame || #{moduleName := Module} = Frame <- Known,
                        beamtalk_workspace_patches:is_patch(binary_to_existing_atom(Module))],
    case Patches ++ Known of
        [#{file := File, line := Line} | _] -> io_lib:format(" (~ts:~b)", [File, Line]);
        [] -> ""
    end.

printed_value(Value) ->
    try beamtalk_print:print_string(Value)
    catch _:_ -> io_lib:format("~tp", [Value])
    end.

%% @doc The version before the present one cannot be purged.
-spec old_code_in_use([module()]) -> problem().
old_code_in_use(Modules) ->
    Timers = [timer_words(Each) || Each <- lists:usort(beamtalk_timer:of_old_code(Modules))],
    problem(old_code_in_use,
            text("nothing was loaded: the version of ~ts before the present one is still in use: ~ts",
                 [lists:join(", ", class_names(Modules)), users(Timers, beamtalk_workspace_users:described(Modules))]),
            way_out(beamtalk_workspace_users:is_asking(Modules))).

class_names(Modules) ->
    [beamtalk_workspace_layout:class_name(Module, #{}) || Module <- Modules].

%% Erlang has two versions of a module: the one that such a method runs, and the one that it made.
way_out(true) ->
    <<"while a method runs it can change its own class once: make the next change after it has returned, or make "
      "the changes from another class or at the prompt; nothing is ended for a load">>;
way_out(false) ->
    <<"end what runs it or let go of its blocks (a timer: cancel it, and start it again from the new "
      "code); nothing is ended for a load. beamtalk reload --force gives up kept blocks: they fail when "
      "they are called">>.

timer_words({Module, Name}) ->
    io_lib:format("a timer that was started in ~ts>>~ts, which has changed since",
                  [beamtalk_workspace_layout:class_name(Module, #{}), beamtalk_workspace_blocks:method_of(Name)]).

users([], []) -> <<"a block that it made is kept">>;
users(Timers, Words) -> lists:join(", ", Timers ++ Words).

%% @doc The code before a load could not be put back.
-spec not_restored([module()]) -> problem().
not_restored(Modules) ->
    problem(not_restored,
            text("but the new code stays, because the code before could not be put back for ~ts: ~ts",
                 [lists:join(", ", class_names(Modules)), still_run(Modules)]),
            <<"load the earlier source again when nothing runs that code any more">>).

still_run(Modules) ->
    case beamtalk_workspace_users:described(Modules) of
        [] -> "its object code is not known";
        Users -> lists:join(", ", Users)
    end.

%% @doc The log of changes could not be written.
-spec not_recorded(term()) -> problem().
not_recorded(Reason) ->
    problem(not_recorded,
            text("nothing was loaded: the log of changes cannot be written: ~ts", [file_reason(Reason)]),
            <<"make room on the disk, or see to the rights of the workspace's folder, and try again">>).

file_reason(Reason) when is_atom(Reason) -> file:format_error(Reason);
file_reason(Reason) -> io_lib:format("~tp", [Reason]).

%% @doc The code was made from texts that another toolchain has changed meanwhile.
-spec stale(non_neg_integer()) -> problem().
stale(Revision) ->
    (problem(stale, <<"nothing was loaded: another toolchain changed the program meanwhile">>,
             <<"load again">>))#{revision => Revision}.

printed(Pids, #{actors := Actors, metas := Metas}) ->
    [beamtalk_workspace_change:printed_actor(Pid, beamtalk_workspace_layout:class_name(maps:get(Pid, Actors, nil), Metas))
     || Pid <- lists:sort(Pids)].

%% @doc A problem of a kind, in words, with a way out.
-spec problem(atom(), binary(), binary() | nil) -> problem().
problem(Kind, Message, Hint) ->
    #{kind => Kind, message => Message, hint => Hint}.

text(Format, Arguments) ->
    unicode:characters_to_binary(io_lib:format(Format, Arguments)).
