%% @doc The changes of methods and classes that were made live: kept in memory for whoever asks and,
%% where the node has a folder of its own, on disk before a change is acknowledged. A change that is
%% meant to last stays in force over restarts; one that is a trial ends with the node.
%%
%% Toolchains keep texts of the program. Each look of theirs at the changes names the revision that
%% they know, and hears which texts have become others since.
-module(beamtalk_workspace_changes).
-behaviour(gen_server).

-export([start_link/0, record/1, revision/0, since/1, all/0, in_force/0, clear/0, intend/3, intended/0]).
-export([told/1, paths_of/1, local/1, seen_from/2, unknown/1, flushed/0, written/2, unmerged/0]).
-export([autoflush/0, autoflush/1]).
-export([init/1, handle_call/3, handle_cast/2]).

-export_type([change/0, status/0, entry/0]).

%% Texts are those of a method's clauses or of a whole class; `nil' where there is none. `path' names
%% the text that the change is part of: a file, or `typed:NAME' where no file declares it.
-type change() :: #{class := atom(), selector := atom() | nil, side := instance | class | nil,
                    kind := method | removeMethod | newClass | classDefinition | removeClass | declaration,
                    intent := durable | ephemeral, before := binary() | nil, 'after' := binary() | nil,
                    path := binary(), file := binary() | nil,
                    author_kind := human | agent | program, author := binary()}.
-type status() :: active | reverted | flushed | replaced | orphan | expired.
%% `seq', `time' in milliseconds, `status', `prior' (whether it is from before the last start) and the `load' are added.
-type entry() :: #{seq := pos_integer(), time := integer(), status := status(), prior := boolean(), _ => _}.

-record(state, {file :: file:filename() | none,
                root :: binary() | none,
                entries = #{} :: #{pos_integer() => entry()},
                next = 1 :: pos_integer(),
                revision = 0 :: non_neg_integer(),
                %% When each text became another one last.
                touched = #{} :: #{binary() => non_neg_integer()},
                %% Texts that this node and another one have changed without knowing of one another.
                unmerged = [] :: [binary()],
                intents = #{} :: #{binary() => {binary(), [pos_integer()]}},
                autoflush = false :: boolean()}).

%% Ended entries are forgotten at a start when there are more of them.
-define(KEPT_ENDED, 1000).

-spec start_link() -> gen_server:start_ret().
start_link() ->
    gen_server:start_link({local, ?MODULE}, ?MODULE, [], []).

%% @doc Records, all or nothing, what a load means: `changes' made, `marks' (entries with their new
%% status), `paths' of texts that are others now, `load' for which of the loads they are; `taken', entries
%% of other nodes that are in force here too from now on; `told', what another node says of its log (of
%% texts as they are here), and the time of the load with which it says so; `apart', whether that load was
%% made without knowledge of the last one here. Answers the new entries and the revision.
-spec record(#{changes => [change()], marks => [{pos_integer(), status()}], paths => [binary()],
               load => beamtalk_workspace_loads:id(), time => integer(), taken => [beamtalk_workspace_shared:entry()],
               told => {beamtalk_workspace_shared:told(), integer() | now}, apart => boolean()}) ->
    {ok, [entry()], non_neg_integer()} | {error, term()}.
record(Record) ->
    gen_server:call(?MODULE, {record, Record}, infinity).

%% @doc Counts up with every change of the program's texts.
-spec revision() -> non_neg_integer().
revision() ->
    gen_server:call(?MODULE, revision).

%% @doc What became other since a revision: the paths, and all entries in force of those.
-spec since(non_neg_integer()) -> #{revision := non_neg_integer(), paths := [binary()], entries := [entry()]}.
since(Revision) ->
    gen_server:call(?MODULE, {since, Revision}).

%% @doc All entries, oldest first.
-spec all() -> [entry()].
all() ->
    gen_server:call(?MODULE, all).

%% @doc The entries in force, oldest first, with the revision.
-spec in_force() -> #{revision := non_neg_integer(), entries := [entry()]}.
in_force() ->
    gen_server:call(?MODULE, in_force).

%% @doc What other nodes are to know of texts.
-spec told([binary()]) -> beamtalk_workspace_shared:told().
told(Paths) ->
    gen_server:call(?MODULE, {told, Paths}).

%% @doc The texts of classes with changes in force, of which these are the modules.
-spec paths_of([module()]) -> [binary()].
paths_of(Modules) ->
    #{entries := Entries} = in_force(),
    lists:usort([Path || #{class := Class, path := Path} <- Entries, {ok, Module} <- [beamtalk_registry:lookup(Class)],
                         lists:member(Module, Modules)]).

%% @doc What another node has told, with paths as they are here.
-spec local(beamtalk_workspace_shared:told()) -> beamtalk_workspace_shared:told().
local(Told) ->
    beamtalk_workspace_shared:here(Told, gen_server:call(?MODULE, root)).

%% @doc The entries in force of texts, whose paths are those of a project with that root.
-spec seen_from(binary() | none, [binary()]) ->
    #{revision := non_neg_integer(), entries := [beamtalk_workspace_shared:entry()]}.
seen_from(Root, Paths) ->
    gen_server:call(?MODULE, {seen_from, {Root, Paths}}).

%% @doc Those of other nodes' entries that this one has never had.
-spec unknown([beamtalk_workspace_shared:entry()]) -> [beamtalk_workspace_shared:entry()].
unknown(Entries) ->
    gen_server:call(?MODULE, {unknown, Entries}).

%% @doc The entries that are in files of the project with this root by now.
-spec flushed() -> {binary() | none, [beamtalk_workspace_shared:key()]}.
flushed() ->
    gen_server:call(?MODULE, flushed).

%% @doc Another node has written entries to the files of a project. Where it is this node's project, they
%% are in its files too.
-spec written(binary() | none, [beamtalk_workspace_shared:key()]) -> ok | {error, term()}.
written(Root, Keys) ->
    gen_server:call(?MODULE, {written, Root, Keys}).

%% @doc Texts that this node and another one have changed or loaded while they were apart: here the code is that
%% of one of them, and the log of changes has what is in force of both. They are told once.
-spec unmerged() -> [binary()].
unmerged() ->
    gen_server:call(?MODULE, unmerged).

%% @doc Forgets all entries; code and files stay as they are.
-spec clear() -> ok | {error, term()}.
clear() ->
    gen_server:call(?MODULE, clear).

%% @doc Remembers that a file is about to get a text of this hash, with which these entries are in
%% the file. Who finds the file so after a crash knows that they are.
-spec intend(binary(), binary(), [pos_integer()]) -> ok | {error, term()}.
intend(Path, Hash, Seqs) ->
    gen_server:call(?MODULE, {intend, Path, Hash, Seqs}).

%% @doc What was about to be written and not marked as flushed.
-spec intended() -> [#{path := binary(), hash := binary(), seqs := [pos_integer()]}].
intended() ->
    gen_server:call(?MODULE, intended).

%% @doc Whether changes go to files at once.
-spec autoflush() -> boolean().
autoflush() ->
    gen_server:call(?MODULE, autoflush).

-spec autoflush(boolean()) -> ok.
autoflush(Flag) ->
    gen_server:call(?MODULE, {autoflush, Flag}).

-spec init([]) -> {ok, #state{}}.
init([]) ->
    case os:getenv("BEAMTALK_RECORD") of
        false -> {ok, #state{file = none, root = none}};
        Folder -> {ok, (read(filename:join(Folder, "changes")))#state{root = beamtalk_workspace_shared:root(Folder)}}
    end.

read(File) ->
    case beamtalk_workspace_journal:open(File) of
        {ok, Records} ->
            State = lists:foldl(fun taken_in/2, #state{file = File, root = none}, Records),
            compacted(length(Records), started(State));
        {error, Reason} ->
            logger:error("The log of changes ~ts cannot be read (~tp); it is put aside", [File, Reason]),
            _ = file:rename(File, File ++ ".unreadable"),
            #state{file = File, root = none}
    end.

%% A trial ended with the node before this one.
started(#state{entries = Entries} = State) ->
    State#state{entries = maps:map(fun(_, Entry) -> ended_trial(Entry#{prior => true}) end, Entries)}.

ended_trial(#{status := active, intent := ephemeral} = Entry) -> Entry#{status := expired};
ended_trial(Entry) -> Entry.

compacted(Count, #state{entries = Entries, file = File} = State) when Count > 2 * ?KEPT_ENDED ->
    Ended = lists:sort([Seq || {Seq, #{status := Status}} <- maps:to_list(Entries), Status =/= active]),
    Gone = lists:sublist(Ended, max(0, length(Ended) - ?KEPT_ENDED)),
    Fewer = State#state{entries = maps:without(Gone, Entries)},
    case beamtalk_workspace_journal:rewrite(File, [whole(Fewer)]) of
        ok -> Fewer;
        {error, Reason} ->
            logger:warning("The log of changes could not be made smaller: ~tp", [Reason]),
            State
    end;
compacted(_Count, State) ->
    State.

whole(#state{entries = Entries, next = Next, intents = Intents}) ->
    {whole, Entries, Next, Intents}.

-spec handle_call(term(), gen_server:from(), #state{}) -> {reply, term(), #state{}}.
handle_call({record, Record}, _From, State) ->
    recorded(Record, State);
handle_call(revision, _From, State) ->
    {reply, State#state.revision, State};
handle_call({since, Revision}, _From, #state{touched = Touched, revision = Now} = State) ->
    Paths = [Path || {Path, At} <- maps:to_list(Touched), At > Revision],
    Entries = [Entry || #{path := Path} = Entry <- active(State), lists:member(Path, Paths)],
    {reply, #{revision => Now, paths => Paths, entries => Entries}, State};
handle_call(all, _From, State) ->
    {reply, sorted(State), State};
handle_call(in_force, _From, State) ->
    {reply, #{revision => State#state.revision, entries => active(State)}, State};
handle_call({told, Paths}, _From, State) ->
    {reply, beamtalk_workspace_shared:told(Paths, sorted(State), State#state.root), State};
handle_call(root, _From, State) ->
    {reply, State#state.root, State};
handle_call({seen_from, Whence}, _From, #state{root = Root, revision = Revision} = State) ->
    Entries = beamtalk_workspace_shared:seen_from(Whence, Root, active(State)),
    {reply, #{revision => Revision, entries => Entries}, State};
handle_call({unknown, Entries}, _From, State) ->
    {reply, beamtalk_workspace_shared:unknown(Entries, sorted(State)), State};
handle_call(flushed, _From, State) ->
    {reply, {State#state.root, beamtalk_workspace_shared:flushed(sorted(State))}, State};
handle_call({written, Root, Keys}, _From, #state{root = Root} = State) when Root =/= none ->
    kept({record, [], [{Seq, flushed} || Seq <- beamtalk_workspace_shared:written(Keys, active(State))]}, State);
handle_call({written, _OtherRoot, _Keys}, _From, State) ->
    {reply, ok, State};
handle_call(unmerged, _From, #state{unmerged = Unmerged} = State) ->
    {reply, Unmerged, State#state{unmerged = []}};
handle_call(clear, _From, State) ->
    kept(clear, State);
handle_call({intend, Path, Hash, Seqs}, _From, State) ->
    kept({intend, Path, Hash, Seqs}, State);
handle_call(intended, _From, #state{intents = Intents} = State) ->
    {reply, [#{path => Path, hash => Hash, seqs => Seqs} || {Path, {Hash, Seqs}} <- maps:to_list(Intents)], State};
handle_call(autoflush, _From, State) ->
    {reply, State#state.autoflush, State};
handle_call({autoflush, Flag}, _From, State) ->
    {reply, ok, State#state{autoflush = Flag}}.

-spec handle_cast(term(), #state{}) -> {noreply, #state{}}.
handle_cast(_Message, State) ->
    {noreply, State}.

recorded(Record, #state{next = Next} = State) ->
    {Told, ToldMarks, ToldPaths, Unmerged} = told(Record, State),
    Made = maps:get(taken, Record, []) ++ Told ++ made(Record),
    Entries = [Each#{seq => Seq, status => active, prior => false}
               || {Seq, Each} <- lists:zip(lists:seq(Next, Next + length(Made) - 1), Made)],
    OwnMarks = [Mark || {Seq, _} = Mark <- maps:get(marks, Record, []), is_map_key(Seq, State#state.entries)],
    Marks = OwnMarks ++ ToldMarks,
    case persisted({record, Entries, Marks}, State) of
        {ok, Later} ->
            Touched = [Path || #{path := Path} <- Entries] ++ [path(Seq, State) || {Seq, _} <- Marks] ++
                maps:get(paths, Record, []) ++ ToldPaths,
            New = touch(Touched, Later),
            announce_flush([File || {Seq, flushed} <- OwnMarks, #{file := File} <- [maps:get(Seq, State#state.entries)]]),
            All = New#state{unmerged = lists:usort(Unmerged ++ New#state.unmerged)},
            {reply, {ok, Entries, All#state.revision}, All};
        {error, Reason} -> {reply, {error, Reason}, State}
    end.

told(#{told := {Told, Time}} = Record, State) ->
    {New, Marks, Paths, Unmerged} = beamtalk_workspace_shared:merged(Told, Time, sorted(State)),
    {New, Marks, Paths, case Record of #{apart := true} -> Paths; _ -> Unmerged end};
told(_Record, _State) -> {[], [], [], []}.

%% All nodes of a load have its entries with the load's identity and time.
made(#{changes := Changes} = Record) ->
    Of = maps:merge(#{time => erlang:system_time(millisecond)}, maps:with([load, time], Record)),
    [maps:merge(Change, Of) || Change <- Changes];
made(_Record) ->
    [].

announce_flush([]) -> ok;
announce_flush(Files) ->
    ok = beamtalk_workspace_update:tell_flushed(),
    beamtalk_system_announcer:tell('ChangesFlushed', #{files => lists:usort(Files), count => length(Files)}).

path(Seq, #state{entries = Entries}) ->
    maps:get(path, maps:get(Seq, Entries)).

touch([], State) ->
    State;
touch(Paths, #state{revision = Revision, touched = Touched} = State) ->
    State#state{revision = Revision + 1,
                touched = maps:merge(Touched, maps:from_keys(Paths, Revision + 1))}.

kept(Record, State) ->
    case persisted(Record, State) of
        {ok, New} -> {reply, ok, New};
        {error, Reason} -> {reply, {error, Reason}, State}
    end.

%% On disk first. Records without content are not written.
persisted({record, [], []} = Record, State) ->
    {ok, taken_in(Record, State)};
persisted(Record, #state{file = File} = State) ->
    case beamtalk_workspace_journal:append(File, Record) of
        ok -> {ok, taken_in(Record, State)};
        {error, Reason} -> {error, Reason}
    end.

taken_in({record, New, Marks}, #state{entries = Entries, next = Next, intents = Intents} = State) ->
    Added = lists:foldl(fun(#{seq := Seq} = Entry, All) -> All#{Seq => Entry} end, Entries, New),
    Marked = lists:foldl(fun marked/2, Added, Marks),
    Ended = [Seq || {Seq, _} <- Marks],
    Open = maps:filter(fun(_, {_, Seqs}) -> Seqs -- Ended =/= [] end, Intents),
    State#state{entries = Marked, next = lists:max([Next | [Seq + 1 || #{seq := Seq} <- New]]), intents = Open};
taken_in(clear, State) ->
    State#state{entries = #{}, intents = #{}};
taken_in({intend, Path, Hash, Seqs}, #state{intents = Intents} = State) ->
    State#state{intents = Intents#{Path => {Hash, Seqs}}};
taken_in({whole, Entries, Next, Intents}, State) ->
    State#state{entries = Entries, next = Next, intents = Intents}.

marked({Seq, Status}, Entries) ->
    case Entries of
        #{Seq := Entry} -> Entries#{Seq := Entry#{status := Status}};
        _ -> Entries
    end.

sorted(#state{entries = Entries}) ->
    [Entry || {_, Entry} <- lists:sort(maps:to_list(Entries))].

active(State) ->
    [Entry || #{status := active} = Entry <- sorted(State)].
