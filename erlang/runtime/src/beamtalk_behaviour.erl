%% @doc Primitives of `Behaviour': what a class says of itself, for classes and metaclasses.
-module(beamtalk_behaviour).

-export([name/1, superclass/1, allSuperclasses/1, subclasses/1, allSubclasses/1]).
-export([methods/1, allMethods/1, 'canUnderstand:'/2, 'includesSelector:'/2]).
-export(['whichClassIncludesSelector:'/2, '>>'/2]).
-export([fieldNames/1, allFieldNames/1, classVarNames/1, allClassVarNames/1]).
-export([doc/1, 'doc:'/2, 'setDocForMethod:to:'/3, 'docForMethod:'/2]).
-export(['conformsTo:'/2, protocols/1, category/1, sourceFile/1, sourceString/1]).
-export([isAbstract/1, isSealed/1]).
-export([reload/1, 'compile:source:'/3, 'tryCompile:source:'/3, 'precheckCompile:source:'/3]).
-export(['removeSelector:'/2, removeFromSystem/1]).
-export([understood/1, local_methods/2, generated/2]).

-type behaviour() :: beamtalk_class:class_object().

%%% The hierarchy

-spec name(behaviour()) -> atom().
name({'$class', Module}) -> beamtalk_class:name(Module);
name({'$metaclass', _} = Meta) -> binary_to_atom(beamtalk_print:print_string(Meta)).

-spec superclass(behaviour()) -> behaviour() | nil.
superclass({'$class', Module}) -> class_or_nil(beamtalk_class:super(Module));
superclass({'$metaclass', Module}) ->
    case beamtalk_class:super(Module) of
        nil -> {'$class', 'bt@stdlib@Class'};
        Super -> {'$metaclass', Super}
    end.

class_or_nil(nil) -> nil;
class_or_nil(Module) -> {'$class', Module}.

-spec allSuperclasses(behaviour()) -> [behaviour()].
allSuperclasses(Class) ->
    case superclass(Class) of
        nil -> [];
        Super -> [Super | allSuperclasses(Super)]
    end.

-spec subclasses(behaviour()) -> [behaviour()].
subclasses({Tag, Module}) ->
    [{Tag, Sub} || Sub <- by_name(beamtalk_registry:subclasses(Module))].

%% Breadth first: nearer ones before farther ones.
-spec allSubclasses(behaviour()) -> [behaviour()].
allSubclasses(Class) -> descend(subclasses(Class)).

descend([]) -> [];
descend(Level) -> Level ++ descend(lists:append([subclasses(Each) || Each <- Level])).

by_name(Modules) ->
    [Module || {_, Module} <- lists:sort([{beamtalk_class:name(M), M} || M <- Modules])].

%%% Methods

%% Selectors that the class itself has, its extensions included, in the order of the source.
-spec methods(behaviour()) -> [atom()].
methods({'$class', Module}) -> local_methods(Module, instance);
methods({'$metaclass', Module}) -> local_methods(Module, class).

-spec local_methods(module(), instance | class) -> [atom()].
local_methods(Module, Side) ->
    Own = [Selector || #{selector := Selector} <- maps:get(methods_key(Side), beamtalk_class:meta(Module), [])],
    Extensions = [
        Selector
     || #{selector := Selector} <- beamtalk_registry:extensions_of(beamtalk_class:name(Module), Side)
    ],
    Own ++ (lists:sort(Extensions) -- Own).

methods_key(instance) -> methods;
methods_key(class) -> class_methods.

-spec allMethods(behaviour()) -> [atom()].
allMethods({'$class', Module}) ->
    lists:usort(lists:append([local_methods(M, instance) || M <- beamtalk_class:ancestors(Module)]));
allMethods({'$metaclass', Module}) ->
    Own = lists:append([local_methods(M, class) || M <- beamtalk_class:ancestors(Module)]),
    lists:usort(Own ++ allMethods({'$class', 'bt@stdlib@Class'})).

%% Everything that can be sent to the term: what a misspelt selector may have meant.
-spec understood(term()) -> [atom()].
understood(Term) ->
    try
        allMethods(beamtalk_class:class_object(Term))
    catch
        error:_ -> []
    end.

-spec 'canUnderstand:'(behaviour(), term()) -> boolean().
'canUnderstand:'(Class, Selector) ->
    checked(Selector, 'canUnderstand:'),
    definer_of(Class, Selector) =/= nil orelse has_function(Class, Selector).

checked(Selector, Asking) -> beamtalk_check:symbol(Selector, 'Behaviour', Asking).

%% Accessors and constructors that the compiler makes are functions without an entry in `methods'.
has_function({'$class', Module}, Selector) ->
    Function = beamtalk_class:function_name(Selector),
    beamtalk_class:definer(Module, Function, beamtalk_selector:arity(Selector) + 1) =/= nil;
has_function({'$metaclass', Module}, Selector) ->
    beamtalk_class:understands({'$class', Module}, Selector).

-spec 'includesSelector:'(behaviour(), term()) -> boolean().
'includesSelector:'(Class, Selector) ->
    includes(Class, checked(Selector, 'includesSelector:')).

includes(Class, Selector) -> lists:member(Selector, methods(Class)).

-spec 'whichClassIncludesSelector:'(behaviour(), term()) -> behaviour() | nil.
'whichClassIncludesSelector:'(Class, Selector) ->
    definer_of(Class, checked(Selector, 'whichClassIncludesSelector:')).

definer_of(Class, Selector) -> first_including([Class | allSuperclasses(Class)], Selector).

first_including([], _) -> nil;
first_including([Class | Rest], Selector) ->
    case includes(Class, Selector) of
        true -> Class;
        false -> first_including(Rest, Selector)
    end.

%% The method as an object; nil where neither the class nor an ancestor has it.
-spec '>>'(behaviour(), term()) -> map() | nil.
'>>'(Class, Selector) ->
    case definer_of(Class, checked(Selector, '>>')) of
        nil -> generated_method(Class, Selector);
        Owner -> compiled_method(Owner, Selector, description(Owner, Selector))
    end.

generated_method({'$class', Module}, Selector) ->
    case generated(Module, Selector) of
        {Owner, Description} -> compiled_method({'$class', Owner}, Selector, Description);
        none -> nil
    end;
generated_method(_, _) ->
    nil.

%% The accessors that value classes have by their fields: which class has it, and what its method
%% would say.
-spec generated(module() | nil, atom()) -> {module(), map()} | none.
generated(nil, _) ->
    none;
generated(Module, Selector) ->
    #{fields := Fields, super := Super} = beamtalk_class:meta(Module),
    case [D || is_value(Module), Field <- Fields, #{selector := S} = D <- accessors(Field), S =:= Selector] of
        [Description | _] -> {Module, Description};
        [] -> generated(Super, Selector)
    end.

is_value(Module) -> lists:member(beamtalk_class:kind(Module), [value, exception, testCase]).

accessors(#{name := Name} = Field) ->
    Text = atom_to_binary(Name),
    [First | Rest] = atom_to_list(Name),
    Setter = unicode:characters_to_binary(["with", string:uppercase([First]), Rest, ":"]),
    {Given, Answered} =
        case maps:get(type, Field, nil) of
            nil -> {<<>>, <<>>};
            Type -> {[" :: ", Type], [" -> ", Type]}
        end,
    Doc = maps:get(doc, Field, nil),
    [
        accessor(Text, [Text, Answered], [Text, " => self.", Text], Doc),
        accessor(Setter, [Setter, " value", Given, " -> Self"], <<>>, Doc)
    ].

accessor(Selector, Signature, Source, Doc) ->
    #{
        selector => binary_to_atom(Selector),
        signature => unicode:characters_to_binary(Signature),
        source => unicode:characters_to_binary(Source),
        doc => Doc
    }.

compiled_method(Owner, Selector, Description) ->
    #{
        '__class__' => 'bt@stdlib@CompiledMethod',
        selector => Selector,
        methodClass => Owner,
        source => maps:get(source, Description, <<>>),
        doc => method_doc(Owner, Selector, Description),
        argumentCount => beamtalk_selector:arity(Selector)
    }.

description({Tag, Module}, Selector) ->
    Side = side(Tag),
    Own = maps:get(methods_key(Side), beamtalk_class:meta(Module), []),
    Extensions = beamtalk_registry:extensions_of(beamtalk_class:name(Module), Side),
    hd([D || #{selector := S} = D <- Own ++ Extensions, S =:= Selector]).

side('$class') -> instance;
side('$metaclass') -> class.

%%% Data

-spec fieldNames(behaviour()) -> [atom()].
fieldNames({'$class', Module}) -> field_names(Module, fields);
fieldNames({'$metaclass', Module}) -> field_names(Module, class_state).

-spec allFieldNames(behaviour()) -> [atom()].
allFieldNames({'$class', Module}) -> beamtalk_class:all_fields(Module);
allFieldNames({'$metaclass', _} = Meta) -> allClassVarNames(Meta).

-spec classVarNames(behaviour()) -> [atom()].
classVarNames({_, Module}) -> field_names(Module, class_state).

-spec allClassVarNames(behaviour()) -> [atom()].
allClassVarNames({_, Module}) ->
    lists:uniq(lists:append([
        field_names(M, class_state)
     || M <- lists:reverse(beamtalk_class:ancestors(Module))
    ])).

field_names(Module, Key) ->
    [Name || #{name := Name} <- maps:get(Key, beamtalk_class:meta(Module), [])].

%%% Documentation

-spec doc(behaviour()) -> binary() | nil.
doc({_, Module}) ->
    case beamtalk_registry:doc(Module, class) of
        {ok, Text} -> Text;
        none -> maps:get(doc, beamtalk_class:meta(Module), nil)
    end.

-spec 'doc:'(behaviour(), term()) -> behaviour().
'doc:'({_, Module} = Class, Text) when is_binary(Text) ->
    ok = beamtalk_registry:set_doc(Module, class, Text),
    Class;
'doc:'(Class, Other) ->
    beamtalk_exception:type_error(name(Class), 'doc:', <<"a String">>, Other).

-spec 'setDocForMethod:to:'(behaviour(), atom(), binary()) -> behaviour().
'setDocForMethod:to:'({Tag, Module} = Class, Selector, Text) when is_binary(Text) ->
    case 'includesSelector:'(Class, Selector) of
        true ->
            ok = beamtalk_registry:set_doc(Module, {side(Tag), Selector}, Text),
            Class;
        false ->
            no_method(Class, 'setDocForMethod:to:', Selector)
    end;
'setDocForMethod:to:'(Class, _Selector, Other) ->
    beamtalk_exception:type_error(name(Class), 'setDocForMethod:to:', <<"a String">>, Other).

-spec 'docForMethod:'(behaviour(), term()) -> binary() | nil.
'docForMethod:'(Class, Selector) ->
    case definer_of(Class, checked(Selector, 'docForMethod:')) of
        nil -> nil;
        Owner -> method_doc(Owner, Selector, description(Owner, Selector))
    end.

method_doc({Tag, Module}, Selector, Description) ->
    case beamtalk_registry:doc(Module, {side(Tag), Selector}) of
        {ok, Text} -> Text;
        none -> maps:get(doc, Description, nil)
    end.

-spec no_method(behaviour(), atom(), atom()) -> no_return().
no_method(Class, Selector, Missing) ->
    Name = name(Class),
    Message = [atom_to_binary(Name), <<" has no method ">>, beamtalk_print:symbol(Missing)],
    beamtalk_exception:raise(not_found, Name, Selector, Message, nil, Missing).

%%% Protocols

-spec 'conformsTo:'(behaviour(), atom() | beamtalk_protocol:protocol()) -> boolean().
'conformsTo:'(Class, Protocol) -> beamtalk_protocol:conforms(Class, Protocol).

-spec protocols(behaviour()) -> [atom()].
protocols(Class) ->
    lists:sort([
        Name
     || #{name := Name} <- beamtalk_registry:protocols(), beamtalk_protocol:conforms(Class, Name)
    ]).

%%% Where it comes from

-spec category(behaviour()) -> atom().
category({_, Module}) ->
    case maps:get(package, beamtalk_class:meta(Module), nil) of
        Package when is_binary(Package) -> binary_to_atom(Package);
        Package -> Package
    end.

%% The file of the class; nil for the library's and for classes that were typed or made at run time.
-spec sourceFile(behaviour()) -> binary() | nil.
sourceFile({_, Module}) ->
    case beamtalk_class:meta(Module) of
        #{package := Package} when Package =:= stdlib; Package =:= <<"stdlib">> -> nil;
        #{typed := true} -> nil;
        #{file := File} when is_binary(File), File =/= <<>> -> File;
        _ -> nil
    end.

-spec sourceString(behaviour()) -> binary().
sourceString({_, Module}) ->
    case maps:get(source, beamtalk_class:meta(Module), <<>>) of
        nil -> <<>>;
        Source -> Source
    end.

-spec isAbstract(behaviour()) -> boolean().
isAbstract(Class) -> has_modifier(Class, abstract).

-spec isSealed(behaviour()) -> boolean().
isSealed(Class) -> has_modifier(Class, sealed).

has_modifier({_, Module}, Modifier) ->
    lists:member(Modifier, maps:get(modifiers, beamtalk_class:meta(Module), [])).

%%% Changing classes: done by the workspace, which has a compiler to ask

-spec reload(behaviour()) -> behaviour().
reload(Class) ->
    case {sourceFile(Class), category(Class)} of
        {nil, stdlib} -> no_source(Class, <<" has no source file — stdlib classes cannot be reloaded"/utf8>>);
        {nil, _} -> no_source(Class, <<" has no source file — dynamic classes cannot be reloaded from source"/utf8>>);
        {_, _} -> workspace(reload, reload, [Class])
    end.

-spec no_source(behaviour(), binary()) -> no_return().
no_source(Class, Text) ->
    Name = name(Class),
    beamtalk_exception:raise(no_source_file, Name, reload, [atom_to_binary(Name), Text], nil).

-spec 'compile:source:'(behaviour(), atom(), binary()) -> behaviour().
'compile:source:'(Class, Selector, Source) ->
    workspace('compile:source:', compile, [Class, Selector, Source]).

-spec 'tryCompile:source:'(behaviour(), atom(), binary()) -> behaviour().
'tryCompile:source:'(Class, Selector, Source) ->
    workspace('tryCompile:source:', try_compile, [Class, Selector, Source]).

-spec 'precheckCompile:source:'(behaviour(), atom(), binary()) -> map().
'precheckCompile:source:'(Class, Selector, Source) ->
    workspace('precheckCompile:source:', precheck_compile, [Class, Selector, Source]).

-spec 'removeSelector:'(behaviour(), atom()) -> behaviour().
'removeSelector:'(Class, Selector) ->
    case 'includesSelector:'(Class, beamtalk_check:symbol(Selector, 'Behaviour', 'removeSelector:')) of
        true -> workspace('removeSelector:', remove_selector, [Class, Selector]);
        false -> no_method(Class, 'removeSelector:', Selector)
    end.

-spec removeFromSystem(behaviour()) -> nil.
removeFromSystem(Class) -> workspace(removeFromSystem, remove_class, [Class]).

%% The workspace application is there on a node that has a workspace; without it there is no
%% compiler.
workspace(Selector, Function, Args) ->
    case code:ensure_loaded(beamtalk_workspace_class) of
        {module, Module} ->
            apply(Module, Function, Args);
        {error, _} ->
            beamtalk_exception:raise(
                unsupported,
                name(hd(Args)),
                Selector,
                [atom_to_binary(Selector), <<" needs a workspace: there is none on this node">>],
                <<"Start one with beamtalk workspace start, or attach to this node">>
            )
    end.
