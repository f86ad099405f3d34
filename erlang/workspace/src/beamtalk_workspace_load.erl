%% @doc One load: prepare all modules, hold the actors whose data changes, make the new code
%% current in one step, migrate, and let the actors go on; or put everything back as it was.
%% Runs in a process of its own that `beamtalk_workspace_loader' starts.
-module(beamtalk_workspace_load).

-export([load/2, stage/3, check/2, finish/2]).

-define(HOLD_LIMIT, 6000).
-define(MIGRATE_LIMIT, 60000).
-define(DECIDE_LIMIT, 60000).

-record(staged, {report :: map(), holds :: [beamtalk_workspace_hold:hold()], undo :: beamtalk_workspace_code:undo(),
                 plan :: beamtalk_workspace_change:plan(), modules :: [map()]}).

-spec load(beamtalk_workspace_loader:request(), gen_server:from()) -> ok.
load(Asked, From) ->
    Request = with_told(maps:get(telling, Asked, none), identified(Asked)),
    case stage(Request) of
        {ok, Staged} -> gen_server:reply(From, recorded(Request, Staged));
        {error, Problem} -> gen_server:reply(From, {error, Problem})
    end,
    ok.

identified(#{id := _, time := _} = Request) -> Request;
identified(Request) ->
    Request#{id => beamtalk_workspace_loads:new_id(), time => erlang:system_time(millisecond)}.

%% What a load changes, and for whom it has to be kept, is on disk before the load counts; where it
%% cannot be, the load is undone.
recorded(#{id := Id} = Request, Staged) ->
    case begun(Request, Staged) of
        ok -> logged(Request, Staged);
        {error, Reason} -> back(Staged, beamtalk_workspace_problem:not_recorded(Reason))
    end.

begun(#{undated := true}, _Staged) ->
    ok;
begun(Request, #staged{modules = Modules}) ->
    case {Modules, gone(Request)} of
        {[], []} -> ok;
        {_, Gone} -> beamtalk_workspace_cluster:begun(missed(Request, Modules, Gone), maps:get(nodes, Request, []))
    end.

missed(#{id := Id, time := Time} = Request, Modules, Gone) ->
    {Paths, IsLogged, IsTrial} = of_log(Request),
    #{id => Id, time => Time, modules => Modules, gone => Gone, paths => Paths, logged => IsLogged, trial => IsTrial,
      bases => beamtalk_workspace_loads:bases(names(Modules))}.

%% The texts that a load is about, whether it makes entries in the log of changes, and only trials.
of_log(#{told := {Told, _}, id := Id}) ->
    of_log(beamtalk_workspace_shared:paths(Told), beamtalk_workspace_shared:of_load(Id, Told));
of_log(Request) ->
    Record = maps:get(record, Request, #{}),
    Changes = maps:get(changes, Record, []),
    of_log(lists:usort(maps:get(paths, Record, []) ++ [Path || #{path := Path} <- Changes]), Changes).

of_log(Paths, Entries) ->
    {Paths, Entries =/= [], beamtalk_workspace_shared:are_trials(Entries)}.

gone(#{gone := Modules, replay := true, time := Time}) ->
    [Module || Module <- Modules, not beamtalk_workspace_loads:is_later(Module, Time)];
gone(Request) ->
    maps:get(gone, Request, []).

logged(#{id := Id, time := Time} = Request, #staged{report = Report, modules = Modules} = Staged) ->
    Record = maps:merge(maps:get(record, Request, #{}), maps:with([told], Request)),
    case beamtalk_workspace_changes:record(Record#{load => Id, time => Time, apart => is_apart(Request, Modules)}) of
        {ok, Entries, Revision} ->
            commit(Request, Staged),
            Seqs = [Seq || #{seq := Seq, load := Of} <- Entries, Of =:= Id],
            {ok, Report#{revision => Revision, seqs => Seqs,
                         autoflush => Seqs =/= [] andalso beamtalk_workspace_changes:autoflush()}};
        {error, Reason} ->
            ok = beamtalk_workspace_cluster:dropped(Id),
            back(Staged, beamtalk_workspace_problem:not_recorded(Reason))
    end.

is_apart(#{bases := Bases}, Modules) -> beamtalk_workspace_loads:is_apart(names(Modules), Bases);
is_apart(_Request, _Modules) -> false.

-spec stage(beamtalk_workspace_loader:request(), pid(), gen_server:from()) -> ok.
stage(Asked, Owner, From) ->
    Request = #{id := Id} = identified(Asked),
    Monitor = monitor(process, Owner),
    case stage(Request) of
        {ok, Staged} ->
            ok = beamtalk_workspace_loads:staged(Id, self()),
            gen_server:reply(From, {ok, self(), Staged#staged.report}),
            await_decision(Request, Staged, Monitor),
            beamtalk_workspace_loads:ended(Id);
        {error, Problem} ->
            gen_server:reply(From, {error, Problem}),
            ok
    end.

await_decision(Request, Staged, Monitor) ->
    receive
        {finish, {commit, Told}, Asker, Reference} ->
            Asker ! {Reference, with_telling(recorded(with_told(Told, Request), Staged), Request)};
        {finish, abort, Asker, Reference} ->
            Asker ! {Reference, roll_back(Staged)};
        {'DOWN', Monitor, process, _, Reason} ->
            logger:warning("The toolchain went (~tp) before it said how a load ends: undone", [Reason]),
            roll_back(Staged)
    after ?DECIDE_LIMIT ->
        logger:warning("Nobody said in time how a load ends: undone", []),
        roll_back(Staged)
    end,
    ok.

with_told(none, Request) ->
    Request;
with_told(Told, Request) ->
    Time = case Request of
        #{replay := true, time := Begun} -> Begun;
        #{undated := true} -> 0;
        _ -> now
    end,
    Request#{told => {beamtalk_workspace_changes:local(Told), Time}}.

%% What the first of several nodes has to say to the others.
with_telling({ok, Report}, #{nodes := [_ | _]} = Request) ->
    {Paths, _, _} = of_log(Request),
    {ok, Report#{telling => beamtalk_workspace_changes:told(Paths)}};
with_telling(Answer, _Request) ->
    Answer.

%% @doc Tells a staged load to end. With `commit' comes what the first of the nodes says of its log of
%% changes, or `none' at the first.
-spec finish(pid(), {commit, beamtalk_workspace_shared:told() | none} | abort) ->
    ok | {ok, beamtalk_workspace_loader:report()} | {error, map()}.
finish(Token, How) ->
    Reference = monitor(process, Token),
    Token ! {finish, How, self(), Reference},
    receive
        {Reference, Answer} ->
            demonitor(Reference, [flush]),
            Answer;
        {'DOWN', Reference, process, Token, _} ->
            {error, beamtalk_workspace_problem:problem(load_over, <<"that load is over already">>, nil)}
    end.

%% @doc Answers what the load would do.
-spec check(beamtalk_workspace_loader:request(), gen_server:from()) -> ok.
check(Request, From) ->
    gen_server:reply(From, dry_run(Request)).

dry_run(Request) ->
    Started = erlang:monotonic_time(microsecond),
    case planned(Request) of
        {ok, _Prepared, Modules, Plan} ->
            beamtalk_workspace_patches:forget(Modules),
            Count = length(beamtalk_workspace_change:actors(Plan)),
            case beamtalk_workspace_change:misfits(Plan) of
                [] ->
                    #{warnings := Warnings} = Report = report(Modules, Count, Plan, Started),
                    {ok, Report#{warnings := Warnings ++ beamtalk_workspace_change:untried(Plan)}};
                Misfits -> {error, beamtalk_workspace_problem:migration_failed(Misfits, Plan)}
            end;
        {error, Problem} -> {error, Problem}
    end.

stage(Request) ->
    Started = erlang:monotonic_time(microsecond),
    case planned(Request) of
        {ok, Prepared, Modules, Plan} ->
            case beamtalk_workspace_code:make_room(names(Modules), maps:get(force, Request, false)) of
                ok -> hold_actors(Prepared, Modules, Plan, Started);
                {error, Problem} -> refused(Modules, Problem)
            end;
        {error, Problem} -> {error, Problem}
    end.

%% Everything that can be found out without changing the node.
planned(#{revision := Known} = Request) ->
    case beamtalk_workspace_changes:revision() of
        Known -> planned(maps:remove(revision, Request));
        Now -> {error, beamtalk_workspace_problem:stale(Now)}
    end;
planned(#{modules := Requested} = Request) ->
    Modules = wanted(not_newer_here(Requested, Request), maps:get(again, Request, false)),
    Parts = [{Module, file_name(File), Beam} || #{module := Module, file := File, beam := Beam} <- Modules],
    case code:prepare_loading(Parts) of
        {error, Reasons} -> {error, beamtalk_workspace_problem:not_loadable(Reasons)};
        {ok, Prepared} ->
            Plan = beamtalk_workspace_change:plan(new_metas(Modules), beamtalk_workspace_patches:pending(Modules), living()),
            case beamtalk_workspace_change:refusal(Plan) of
                none -> {ok, Prepared, Modules, Plan};
                Problem -> refused(Modules, Problem)
            end
    end.

%% Nothing was changed yet but that the load's migrations were looked at.
refused(Modules, Problem) ->
    beamtalk_workspace_patches:forget(Modules),
    {error, Problem}.

%% A migration is carried out with the class of its file.
not_newer_here(Requested, #{replay := true, time := Time}) ->
    {Newer, Rest} = lists:partition(fun(#{module := Module}) -> beamtalk_workspace_loads:is_later(Module, Time) end, Requested),
    Files = [File || #{file := File} <- Newer],
    [Each || #{module := Module, file := File} = Each <- Rest,
             not (beamtalk_workspace_patches:is_patch(Module) andalso lists:member(File, Files))];
not_newer_here(Requested, #{undated := true}) ->
    [Each || #{module := Module} = Each <- Requested, not beamtalk_workspace_loads:is_dated(Module)];
not_newer_here(Requested, _Request) ->
    Requested.

wanted(Requested, true) ->
    Requested;
wanted(Requested, false) ->
    [Each || #{module := Module, beam := Beam} = Each <- Requested, not is_current(Module, Beam)].

is_current(Module, Beam) ->
    erlang:module_loaded(Module)
        andalso not beamtalk_workspace_patches:is_patch(Module)
        andalso Module:module_info(md5) =:= code:module_md5(Beam)
        andalso lists:member(Module, beamtalk_registry:modules()).

file_name(File) ->
    unicode:characters_to_list(File).

%% A module without a map of a class (extensions, Erlang code) concerns no actor's data.
new_metas(Modules) ->
    maps:from_list([{Module, meta(Beam)} || #{module := Module, beam := Beam} <- Modules, is_class(Beam)]).

meta(Beam) ->
    case beamtalk_workspace_layout:meta_of_code(Beam) of
        {ok, Meta} -> Meta;
        error -> unknown
    end.

is_class(Beam) ->
    exports_any([{'$meta', 0}], Beam).

exports_any(Functions, Beam) ->
    {ok, {_, [{exports, Exports}]}} = beam_lib:chunks(Beam, [exports]),
    lists:any(fun(Each) -> lists:member(Each, Exports) end, Functions).

lasting(Modules) ->
    [Each || #{module := Module} = Each <- Modules, not beamtalk_workspace_patches:is_patch(Module)].

names(Modules) ->
    [Module || #{module := Module} <- Modules].

living() ->
    beamtalk_actor:living().

hold_actors(Prepared, Modules, Plan, Started) ->
    case beamtalk_workspace_standstill:reached(Plan, ?HOLD_LIMIT) of
        {ok, All, Holds} -> switch(Prepared, Modules, All, Holds, Started);
        {busy, Busy} -> refused(Modules, beamtalk_workspace_problem:busy(Busy, Plan, ?HOLD_LIMIT));
        {refused, Problem} -> refused(Modules, Problem)
    end.

%% From here on there is something to undo.
switch(Prepared, Modules, Plan, Holds, Started) ->
    Undo = beamtalk_workspace_code:previous(names(lasting(Modules))),
    ok = beamtalk_workspace_loader:started(Undo),
    Staged = #staged{report = #{}, holds = Holds, undo = Undo, plan = Plan, modules = Modules},
    case code:finish_loading(Prepared) of
        ok -> register_new(Staged, Started);
        {error, Reasons} ->
            let_go(Staged),
            refused(Modules, beamtalk_workspace_problem:not_loadable(Reasons))
    end.

register_new(#staged{modules = Modules} = Staged, Started) ->
    case beamtalk_registry:register([Module || #{module := Module, beam := Beam} <- Modules, is_entered(Beam)]) of
        ok -> migrate(Staged, Started);
        {error, Exception} -> back(Staged, beamtalk_workspace_problem:refused(Exception))
    end.

is_entered(Beam) ->
    exports_any([{'$meta', 0}, {'$extensions', 0}, {'$protocols', 0}], Beam).

migrate(#staged{holds = Holds, plan = Plan} = Staged, Started) ->
    %% Each actor gets a copy of what this fun holds.
    Small = Plan#{actors := #{}, metas := #{}},
    Function = fun(State) -> beamtalk_workspace_change:migrate(State, Small) end,
    case beamtalk_workspace_change:is_sure(Plan) orelse migrated(Holds, Function) of
        true -> {ok, reported(Staged, length(held(Holds)), Started)};
        {failed, Failed} -> back(Staged, beamtalk_workspace_problem:migration_failed(Failed, Plan));
        {busy, Busy} -> back(Staged, beamtalk_workspace_problem:migration_busy(Busy, Plan))
    end.

migrated([], _Function) ->
    true;
migrated([Hold | More], Function) ->
    case beamtalk_workspace_hold:migrate(Hold, Function, ?MIGRATE_LIMIT) of
        ok -> migrated(More, Function);
        Problem -> Problem
    end.

held(Holds) ->
    lists:append([beamtalk_workspace_hold:held(Hold) || Hold <- Holds]).

reported(#staged{modules = Modules, plan = Plan} = Staged, Count, Started) ->
    Staged#staged{report = report(Modules, Count, Plan, Started)}.

back(Staged, Problem) ->
    case roll_back(Staged) of
        ok -> {error, Problem};
        {error, #{message := Message, hint := Hint}} ->
            Why = maps:get(message, Problem),
            {error, Problem#{message => <<Why/binary, "; ", Message/binary>>, hint => Hint, kind => not_restored}}
    end.

%% What the others are to know is said before an actor goes on.
commit(Request, #staged{modules = Modules, plan = Plan, undo = Undo} = Staged) ->
    ok = beamtalk_workspace_code:keep(lasting(Modules), Undo),
    Gone = gone(Request),
    ok = counted(Request, Modules, Gone),
    ok = beamtalk_workspace_loader:unload(Gone),
    ok = beamtalk_workspace_patches:carried_out(Modules, whole_files(Request)),
    ok = beamtalk_class_state:drop(beamtalk_workspace_change:dropped_class_states(Plan)),
    let_go(Staged, commit),
    beamtalk_workspace_patches:forget(Modules),
    renew_timers(Staged),
    beamtalk_workspace_code:purge_unused(names(Modules)).

counted(#{undated := true}, Modules, _Gone) ->
    beamtalk_workspace_cluster:undated(Modules);
counted(#{id := Id, time := Time}, Modules, Gone) ->
    ok = beamtalk_workspace_loads:loaded(Id, Time, names(Modules)),
    ok = beamtalk_workspace_loads:taken_out(Id, Time, Gone),
    beamtalk_workspace_cluster:counted(Id).

%% A node is sent what it lacks of a file, without the migrations.
whole_files(#{parts := true}) -> [];
whole_files(#{modules := Modules}) -> lists:usort([File || #{file := File} <- Modules]).

%% Timers whose blocks are in methods that are as before run the new code from now on.
renew_timers(#staged{modules = Modules, undo = Undo}) ->
    New = maps:from_list([{Module, Beam} || #{module := Module, beam := Beam} <- Modules]),
    Renewals = [beamtalk_workspace_blocks:renewal(Old, map_get(Module, New)) || {Module, {_, Old}} <- Undo],
    case [Each || {_, _, _, Places} = Each <- Renewals, Places =/= #{}] of
        [] -> ok;
        Some -> beamtalk_timer:renew(fun(Block) -> beamtalk_workspace_blocks:renew(Block, Some) end)
    end.

let_go(Staged) ->
    let_go(Staged, release).

let_go(#staged{holds = Holds}, commit) -> beamtalk_workspace_standstill:committed(Holds);
let_go(#staged{holds = Holds}, release) -> beamtalk_workspace_standstill:released(Holds).

%% Where the new code cannot go, the actors need the data that it has.
roll_back(#staged{undo = Undo, modules = Modules} = Staged) ->
    ok = beamtalk_living_actors:put_off(),
    Result = beamtalk_workspace_code:undo(Undo),
    let_go(Staged, case Result of ok -> release; {error, _} -> commit end),
    beamtalk_workspace_patches:forget(Modules),
    Result.

report(Modules, Count, Plan, Started) ->
    #{loaded => [loaded(Each) || Each <- lasting(Modules)],
      migrated => Count,
      warnings => beamtalk_workspace_change:warnings(Plan)
          ++ beamtalk_workspace_moved:warnings(maps:get(metas, Plan)),
      microseconds => erlang:monotonic_time(microsecond) - Started}.

loaded(#{module := Module, file := File, beam := Beam}) ->
    Name = case meta(Beam) of
        #{name := Class} -> atom_to_binary(Class);
        unknown -> nil
    end,
    #{module => Module, file => File, class => Name}.
